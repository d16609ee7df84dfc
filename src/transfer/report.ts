/**
 * The report of an import, for a person: what was kept as rows of a table, what was lost as
 * sentences. Long values are cut, and what is said twice stands there once. Pure.
 */
import { oneLine } from "../base/log.ts";
import type { Kept, Lost } from "./found.ts";

const VALUE = 40;
const BECOMES = 100;

export function keptRows(kept: readonly Kept[]) {
  return once(
    kept.map(({ setting, value, becomes }) => ({
      setting,
      value: oneLine(value, VALUE),
      becomes: oneLine(becomes, BECOMES),
    })),
  );
}

/** `setting = value: why`, and below it what one can do. */
export function lostLines(lost: readonly Lost[]): string[] {
  return once(
    lost.map(({ setting, value, why, instead }) => {
      const what =
        value === "" ? setting : `${setting} = ${oneLine(value, 80)}`;
      return `  ${what}: ${why}${instead === "" ? "" : `\n      instead: ${instead}`}`;
    }),
  );
}

/** Names with commas, in lines of at most 100 columns. */
export function wrapped(names: readonly string[]): string {
  const lines = [""];
  for (const [at, name] of names.entries()) {
    const word = at === names.length - 1 ? name : `${name},`;
    const last = lines.at(-1) ?? "";
    if (last.length + word.length > 96) lines.push(word);
    else lines[lines.length - 1] = last === "" ? word : `${last} ${word}`;
  }
  return lines.map((line) => `  ${line}`).join("\n");
}

function once<T>(rows: readonly T[]): T[] {
  return [...new Map(rows.map((row) => [JSON.stringify(row), row])).values()];
}
