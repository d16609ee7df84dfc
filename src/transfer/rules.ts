/**
 * Lines of [rules]: `ACTION ["TEXT"] [if CONDITION {and CONDITION}]`. Words have quotes where they
 * must, and in quotes a backslash takes the next character as it is. Pure.
 */
import { oneLine } from "../base/log.ts";
import type { Action } from "../lists/policy/rule.ts";
import { quoted, wordFor } from "../lists/policy/words.ts";

/** Most characters of a line. */
const LENGTH = 500;
const TEXT = 300;

/** A line. @param text what is said to the author @returns undefined where it would be too long */
export function ruleLine(
  action: Action,
  conditions: readonly string[] = [],
  text = "",
): string | undefined {
  const said = oneLine(text, TEXT);
  const line =
    action +
    (said === "" ? "" : ` ${quoted(said)}`) +
    (conditions.length > 0 ? ` if ${conditions.join(" and ")}` : "");
  return line.length <= LENGTH ? line : undefined;
}

/** `header NAME GLOB`, or `subject GLOB`; undefined where no field can have the name. */
export function headerIs(name: string, glob: string): string | undefined {
  if (!/^[!-9;-~]{1,76}$/.test(name)) return undefined;
  return name.toLowerCase() === "subject"
    ? `subject ${wordFor(glob)}`
    : `header ${wordFor(name)} ${wordFor(glob)}`;
}

/** `from GLOB` */
export function fromIs(glob: string): string {
  return `from ${wordFor(glob)}`;
}
