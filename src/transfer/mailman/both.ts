/**
 * What lists of Mailman 2 and of Mailman 3 say alike, however its value is written in either. Pure.
 */

import type { Action } from "../../lists/policy/rule.ts";
import { canonical } from "../../mail/address.ts";
import { type Account, shown } from "../account.ts";
import { type Counterpart, gone, same } from "../counterparts.ts";
import { replyElsewhere } from "../fields.ts";
import type { FoundMember } from "../found.ts";
import { unaddressed } from "../headers.ts";
import { ruleLine } from "../rules.ts";
import { senders } from "../senders.ts";

/** Of any value. */
type Any = Counterpart<unknown, unknown>;

/** Values that say nothing. */
export const idle = ["", null, false, 0, []];

/** What owners are told of bounces. @param usual values at which nothing is lost */
export const told = (...usual: unknown[]): Any =>
  gone(
    "owners get one summary of bounces a day",
    "bounces.summary = false; bounces.unrecognised_notify in listmill.toml",
    usual,
  );

/** Whether members are judged by bounces at all. */
export const judging: Any = (value, account, _source, name) => {
  if (value === false || value === 0)
    account.set(name, value, "bounces.action", "log");
  else account.needless(name, value, "so it is here");
};

/** A number of the judging; scores may be fractions. */
export const measure = (key: string): Any =>
  same(key, (value) => {
    const number = Math.ceil(Number(shown(value)));
    return Number.isFinite(number) ? number : shown(value);
  });

/** A time of the judging: seconds, or with its unit. */
export const lasting = (key: string): Any =>
  same(key, (value) => {
    const seconds = Number(shown(value));
    return seconds > 0 ? `${seconds}s` : shown(value);
  });

/** @param usual more values at which nothing is lost */
export const usenet = (...usual: unknown[]): Any =>
  gone("there is no gateway to news", "public-inbox serves lists by NNTP", [
    ...idle,
    ...usual,
  ]);

/** @param usual more values at which nothing is lost */
export const robot = (...usual: unknown[]): Any =>
  gone(
    "there are no automatic answers to posts",
    "a hook that emits an answer (docs/hooks.md)",
    [...idle, ...usual],
  );

/** @param usual more values at which nothing is lost */
export const dmarc = (...usual: unknown[]): Any =>
  gone(
    "From stays the author, also where their domain has a DMARC policy",
    "an edit hook (docs/hooks.md)",
    [...idle, ...usual],
  );

export const parts: Any = gone(
  "parts of messages are not taken out",
  'an edit hook (docs/hooks.md), or a rule such as "hold if attachment application/*"',
  idle,
);

/** @param language as RFC 5646 has it; undefined where Mailman's is none */
export function spoken(
  account: Account,
  name: string,
  value: unknown,
  language: string | undefined,
): void {
  if (language) account.set(name, value, "language", language);
  else
    account.lose(
      name,
      value,
      "no language code",
      "listmill list set LIST language=...",
    );
}

/** Where replies go. */
export interface Replies {
  /** `to`: to the address that is set for it. */
  readonly how: "author" | "list" | "to";
  /** The same as Mailman says it. */
  readonly said: string;
  readonly to: string;
  readonly list: string;
}

export function replies(
  account: Account,
  name: string,
  value: unknown,
  { how, said, to, list }: Replies,
): void {
  const isHere = canonical(to)?.toLowerCase() === list;
  if (how === "author") account.set(name, value, "reply_to", "author");
  else if (how === "list" || isHere)
    account.set(name, value, "reply_to", "list");
  else replyElsewhere(account, name, `${said}: ${to}`, to);
}

/** @param days for which a post waits; 0: for ever */
export function patience(
  account: Account,
  name: string,
  value: unknown,
  days: number,
): void {
  account.put("moderation.expired", "discard");
  account.set(
    name,
    value,
    "moderation.expire",
    days > 0 ? `${Math.min(Math.ceil(days), 365)}d` : "0s",
  );
}

/** @param kilobytes above which a digest goes out; 0: whatever its size */
export function digestSize(
  account: Account,
  name: string,
  value: unknown,
  kilobytes: number,
): void {
  // Mailman counts no posts.
  account.put("digest.posts", 0);
  account.set(
    name,
    value,
    "digest.size",
    kilobytes > 0 ? `${Math.ceil(kilobytes)}KB` : 0,
  );
}

/** Whether digests go out once a day: at noon, as Mailman's own crontab has it. */
export function digestDaily(
  account: Account,
  name: string,
  value: unknown,
  daily: boolean,
): void {
  if (daily) account.set(name, value, "digest.at", "12:00");
  else account.set(name, value, "digest.age", "0s");
}

/** How often a volume begins. @param frequency undefined where Mailman's is none */
export function digestVolume(
  account: Account,
  name: string,
  value: unknown,
  frequency: string | undefined,
): void {
  if (frequency !== undefined)
    account.set(name, value, "digest.volume", frequency);
  else account.needless(name, value, "no such frequency");
}

/** @param most of something, above which a post waits; 0: any number */
export function ceiling(
  account: Account,
  name: string,
  value: unknown,
  most: number,
  condition: (most: number) => string,
): void {
  if (most > 0)
    account.ruled(name, value, "post", [`hold if ${condition(most)}`]);
  else account.needless(name, value, "no limit");
}

export const sizeOver = (most: number) => `size > ${Math.ceil(most)}KB`;
export const recipientsOver = (most: number) =>
  `recipients > ${Math.ceil(most) - 1}`;

/**
 * Posts must name the list, or one of its other names.
 * @param globsOf the globs of another name; undefined where there are none
 */
export function destination(
  account: Account,
  name: string,
  value: unknown,
  list: string,
  aliases: readonly string[],
  globsOf: (alias: string) => readonly string[] | undefined,
): void {
  const globs = [list];
  for (const alias of aliases) {
    const found = globsOf(alias);
    if (found) globs.push(...found);
    else
      account.lose(
        "acceptable_aliases",
        alias,
        "no glob says what this regular expression says",
        "a line of your own in rules.post, before: hold if not header To",
      );
  }
  const all = unaddressed(globs);
  account.ruled(name, value, "post", [all && ruleLine("hold", all)]);
}

/** People who are no members, and what becomes of their posts. */
export function nonmembers(
  account: Account,
  setting: string,
  people: readonly string[],
  action: Action,
  told = "",
): void {
  senders(account, setting, people, {
    deed: "post",
    action,
    when: action === "hold" || action === "accept" ? action : "refuse",
    also: ["not member"],
    told,
  });
}

/** Members that are at hand. */
export async function* each(
  members: readonly FoundMember[],
): AsyncGenerator<FoundMember> {
  yield* members;
}
