/**
 * No mail of a list to an address for a while, and mail again: a member is suspended; whom a source
 * brings, such as LDAP, is suppressed, for a source is not ours to change. What somebody else has said
 * about an address stays as it is. Done again it changes nothing.
 */
import type { List } from "../../lists/directory.ts";
import { rosterOf } from "../../lists/roster.ts";
import { stateOf } from "../../lists/state.ts";
import { keyOf } from "../../mail/address.ts";
import type { Actor } from "../../state/actor.ts";

/** What the journal says of it. */
export const actor: Actor = { by: "mill", who: "bounces" };

/** What the reasons begin with by which ours are known. */
const MARK = "bounces: ";

export interface Whom {
  readonly home: string;
  readonly list: Pick<List, "address">;
  readonly address: string;
  /** The entry that it follows from, for events. */
  readonly cause?: string;
}

/** `open`: mail goes there; `ours`: none, because of bounces; `theirs`: none, because somebody says so. */
export type Standing = "open" | "ours" | "theirs" | "nobody";

/** @param sourced whether a source may bring who is no member */
export async function standingOf(
  { home, list, address }: Whom,
  sourced: boolean,
): Promise<Standing> {
  const member = await rosterOf(home).get(list.address, address);
  if (member && member.suspended !== undefined)
    return member.suspendedFor.startsWith(MARK) ? "ours" : "theirs";
  const { suppressed } = await stateOf(home);
  const key = keyOf(address);
  const reason = await suppressed.reasonOf(keyOf(list.address), key);
  if (reason?.startsWith(MARK)) return "ours";
  if (reason !== undefined || (await suppressed.has("", [key])))
    return "theirs";
  return member || sourced ? "open" : "nobody";
}

/** @param now milliseconds since 1970 */
export async function silence(
  { home, list, address, cause }: Whom,
  reason: string,
  now: number,
): Promise<void> {
  const by = { ...actor, cause };
  const words = `${MARK}${reason}`;
  const roster = rosterOf(home);
  const done = await roster.suspend(list.address, address, words, by);
  if (done === "absent") await suppress({ home, list, address }, words, now);
}

async function suppress(
  { home, list, address }: Whom,
  reason: string,
  since: number,
): Promise<void> {
  const { suppressed } = await stateOf(home);
  const name = keyOf(list.address);
  const key = keyOf(address);
  await suppressed.add([{ list: name, key, address, reason, since }]);
}

/** Where it was ours to silence. @param by who says so; the judging by itself without it */
export async function unsilence(
  whom: Whom,
  by: Actor = { ...actor, cause: whom.cause },
): Promise<void> {
  if ((await standingOf(whom, false)) !== "ours") return;
  const { home, list, address } = whom;
  const roster = rosterOf(home);
  const member = await roster.get(list.address, address);
  if (member?.suspended !== undefined)
    await roster.resume(list.address, address, by);
  // Whom a source brought may have joined meanwhile.
  const { suppressed } = await stateOf(home);
  const [name, key] = [keyOf(list.address), keyOf(address)];
  if ((await suppressed.reasonOf(name, key))?.startsWith(MARK))
    await suppressed.remove(name, key);
}

/** Whom a source brings wants no more of it: that is the reader's word, and no trial lifts it. */
export function forbid(whom: Whom, now: number): Promise<void> {
  return suppress(whom, "has complained", now);
}

/** For good: a member is removed; whom a source brings stays suppressed. @returns whether there was one */
export function remove({ home, list, address, cause }: Whom): Promise<boolean> {
  const by = { ...actor, cause };
  return rosterOf(home).remove(list.address, address, by);
}
