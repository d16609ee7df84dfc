/**
 * Lists of people whose posts or requests are treated in a way of their own: addresses, and regular
 * expressions that begin with ^. Pure.
 */
import { canonical } from "../mail/address.ts";
import type { Account, Deed, When } from "./account.ts";
import { globsOf } from "./glob.ts";
import { type Action, fromIs, ruleLine } from "./rules.ts";

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

/** Writes rules for all of them; what cannot be one is lost, entry by entry. */
export function senders(
  account: Account,
  setting: string,
  entries: readonly string[],
  { deed, action, when, also = [], told = "" }: Treatment,
): void {
  const people = entries.filter((entry) => entry.trim() !== "");
  if (people.length === 0) account.needless(setting, entries, "nobody");
  let lines = 0;
  let last = "";
  for (const entry of people) {
    const conditions = fromOf(entry);
    const fails = (why: string) =>
      account.lose(setting, entry, why, `a line of your own in rules.${deed}`);
    if ("why" in conditions) {
      fails(conditions.why);
      continue;
    }
    const own = conditions.map((one) => ruleLine(action, [...also, one], told));
    if (!account.rules(deed, own, when)) {
      fails("too many lines, or too long");
      continue;
    }
    lines += own.length;
    last = own.at(-1) ?? last;
  }
  if (lines > 0)
    account.keep(
      setting,
      people,
      `rules.${deed}: ${lines === 1 ? last : `${lines} lines such as: ${last}`}`,
      `rules.${deed}`,
    );
}
