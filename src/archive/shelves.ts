/** What lies in an archive's folders, for those who look over it. */
import { type Dirent, statSync } from "node:fs";
import { join } from "node:path";
import { namesIn } from "../spool/verify/stream.ts";

/** @param recent where the tickets are */
export function monthsOf(recent: string): Map<string, string> {
  const months = new Map<string, string>();
  for (const { name } of namesIn(recent))
    for (const label of namesIn(join(recent, name))) {
      const month = /^\d+\.(\d{4}-\d{2})$/.exec(label.name)?.[1];
      const found = statOf(join(recent, name, label.name));
      if (month && found) months.set(`${found.dev}.${found.ino}`, month);
    }
  return months;
}

export function foldersIn(folder: string, shape: RegExp): string[] {
  const isOne = (found: Dirent) =>
    found.isDirectory() && shape.test(found.name);
  return [...namesIn(folder)]
    .filter(isOne)
    .map(({ name }) => join(folder, name))
    .sort();
}

/** The numbers that are names in a folder, ascending; a shelf has a thousand at most. */
export function numbersIn(folder: string): number[] {
  return [...namesIn(folder)]
    .filter(({ name }) => /^[1-9]\d{0,14}$/.test(name))
    .map(({ name }) => Number(name))
    .sort((a, b) => a - b);
}

export function statOf(path: string) {
  return statSync(path, { throwIfNoEntry: false });
}
