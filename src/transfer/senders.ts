/**
 * Lists of people whose posts or requests are treated in a way of their own: addresses, and regular
 * expressions that begin with ^. Pure.
 */

import type { Action } from "../lists/policy/rule.ts";
import type { Deed } from "../lists/schema/people.ts";
import { canonical } from "../mail/address.ts";
import type { Account, When } from "./account.ts";
import { globsOf } from "./glob.ts";
import { fromIs, ruleLine } from "./rules.ts";

/** The conditions `from GLOB` that one entry comes to, or why there are none. */
export function fromOf(entry: string): readonly string[] | { why: string } {
  const text = entry.trim();
  if (text.startsWith("^")) {
    return (
      globsOf(text)?.map(fromIs) ?? {
        why: "no glob (* and ?) says what this regular expression says",
      }
    );
  }
  if (/^@[^@]+\.[^@]+$/.test(text)) {
    return [fromIs(`*${text.toLowerCase()}`)];
  }
  if (text.startsWith("@"))
    return { why: "members of another list cannot be named in a rule" };
  const address = canonical(text);
  return address === undefined
    ? { why: "no usable address" }
    : [fromIs(address)];
}

export interface Treatment {
  readonly deed: Deed;
  readonly action: Action;
  readonly when: When;
  /** Conditions that hold too. */
  readonly also?: readonly string[];
  readonly told?: string;
}

/**
 * Writes rules for all of them; what cannot be one is lost, entry by entry. Where lines get too many,
 * those who may post get a role instead.
 */
export function senders(
  account: Account,
  setting: string,
  entries: readonly string[],
  { deed, action, when, also = [], told = "" }: Treatment,
): void {
  const people = entries.filter((entry) => entry.trim() !== "");
  if (people.length === 0) account.needless(setting, entries, "nobody");
  const mayPost = deed === "post" && action === "accept";
  const instead = `a line of your own in rules.${deed}`;
  const lines: (string | undefined)[] = [];
  let posters = 0;
  let over = 0;
  for (const entry of people) {
    const conditions = fromOf(entry);
    if ("why" in conditions) {
      account.lose(setting, entry, conditions.why, instead);
      continue;
    }
    const own = conditions.map((one) => ruleLine(action, [...also, one], told));
    if (account.rules(deed, own, when)) lines.push(...own);
    else if (mayPost && canonical(entry) !== undefined)
      posters += account.role(setting, entry, "poster") ? 1 : 0;
    else over += 1;
  }
  const key = `rules.${deed}`;
  const many = `${lines.length} lines such as: ${lines.at(-1)}`;
  if (lines.length > 0)
    account.keep(
      setting,
      people,
      `${key}: ${lines.length === 1 ? lines[0] : many}`,
      key,
    );
  if (posters > 0) account.keep(setting, `${posters} more`, "role poster");
  if (over > 0)
    account.lose(
      setting,
      `${over} more`,
      "too many lines, or too long",
      instead,
    );
}
