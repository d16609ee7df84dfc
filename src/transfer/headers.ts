/**
 * Regular expressions over fields of the header, as conditions of rules. Pure.
 */

import type { Action } from "../lists/policy/rule.ts";
import type { Account, When } from "./account.ts";
import { globsOf } from "./glob.ts";
import { headerIs, ruleLine } from "./rules.ts";

const FIELD =
  /^\^?(?:\((?:\?:)?([a-z][\w-]*(?:\|[a-z][\w-]*)*)\)|([a-z][\w-]*)) *\\?:(.*)$/i;
/** What may stand between the colon and the text, and says no more than that. */
const GAP = /^(?:(?:\\s|\[\[:space:\]\]|\[ \\t\]| )[*+]?\??)+/;

/**
 * The conditions of which one holds where a line of the header, `Name: value`, fits.
 * @returns undefined where no globs say the same
 */
export function headerConditions(expression: string): string[] | undefined {
  const [all, several, one, rest = ""] = FIELD.exec(expression.trim()) ?? [];
  if (all === undefined) return undefined;
  const gap = GAP.exec(rest)?.[0];
  const value = gap === undefined ? rest : rest.slice(gap.length);
  // Without a gap only what begins with any text says more than nothing.
  if (gap === undefined && value !== "" && !value.startsWith(".*"))
    return undefined;
  const globs = value === "" ? ["*"] : globsOf(`^${value}`);
  return conditions((several ?? one ?? "").split("|"), globs);
}

/** The same of one field: where the expression fits somewhere in its value. */
export function valueConditions(
  name: string,
  expression: string,
): string[] | undefined {
  return conditions([name.trim()], globsOf(expression));
}

function conditions(
  names: readonly string[],
  globs: readonly string[] | undefined,
): string[] | undefined {
  const all = globs?.flatMap((glob) =>
    names.map((name) => headerIs(name, glob)),
  );
  return all?.every((one) => one !== undefined) ? all : undefined;
}

/**
 * Conditions that all hold where a post names none of the addresses in To or Cc.
 * @param globs of addresses
 */
export function unaddressed(globs: readonly string[]): string[] | undefined {
  const all = globs.flatMap((glob) =>
    ["To", "Cc"].map((name) => headerIs(name, `*${glob}*`)),
  );
  return all.every((one) => one !== undefined)
    ? all.map((one) => `not ${one}`)
    : undefined;
}

/** Why an expression over the header is lost, and what does instead. */
export const noGlob =
  "no glob (* and ?) over a field of the header says what this regular expression says";
export const ownRule =
  "a line of your own in rules.post, or an approve hook (docs/hooks.md)";

/** A rule for each condition, or a loss. */
export function headerLine(
  account: Account,
  name: string,
  pattern: string,
  conditions: readonly string[] | undefined,
  action: Action,
  when: When = "filter",
): void {
  const lines = conditions?.map((one) => ruleLine(action, [one]));
  if (lines) account.ruled(name, pattern, "post", lines, when);
  else account.lose(name, `${action}: ${pattern}`, noGlob, ownRule);
}

/** Posts that were meant as commands, as far as the subject alone tells it. */
export const administrivia = ["subscribe", "unsubscribe", "help", "remove"].map(
  (word) => `hold if subject ${word}`,
);
