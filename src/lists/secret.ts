/**
 * Secrets in files: others may neither read nor change them, and what is wrong with one is told with
 * the file's name and what to do about it. No secret stands in a message.
 */
import { readFileSync, type Stats, statSync } from "node:fs";
import { resolve } from "node:path";
import { errnoOf, exit, Failure } from "../base/errors.ts";

const OTHERS = 0o077;

/**
 * The first line of a secret's file; undefined where there is no such file, "" where it is empty.
 * @param path from the home where it is not absolute
 * Throws a Failure where others can read it, or this account cannot.
 */
export function secretIn(home: string, path: string): string | undefined {
  return linesIn(home, path)?.[0];
}

/** All lines of a secret's file that are not empty: several secrets, while one is exchanged for another. */
export function secretsIn(home: string, path: string): string[] | undefined {
  return linesIn(home, path)?.filter((line) => line !== "");
}

function linesIn(home: string, path: string): string[] | undefined {
  const file = resolve(home, path);
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat) return undefined;
  mustBeClosed(file, file, stat, "600");
  const text = readable(file, () => readFileSync(file, "utf8"));
  return text.split(/\r?\n/);
}

/** @param where what the error begins with @param mode what the file should have, in octal */
export function mustBeClosed(
  path: string,
  where: string,
  stat: Stats,
  mode: string,
): void {
  if ((stat.mode & OTHERS) !== 0)
    throw new Failure(
      exit.config,
      `${where}: others can read or change it: chmod ${mode} ${path}`,
    );
}

/** What this account may not read is a matter of settings, not a bug. */
export function readable<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (errnoOf(error) !== "EACCES") throw error;
    throw new Failure(
      exit.noPermission,
      `${path}: this user may not read it; it belongs to the account that listmill runs under`,
      { cause: error },
    );
  }
}
