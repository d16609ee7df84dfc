/**
 * No mail of a list to an address for a while, and mail again: a member is suspended; whom a source
 * brings, such as LDAP, is suppressed, for a source is not ours to change. Done again it changes nothing.
 */
import type { List } from "../../lists/directory.ts";
import { rosterOf } from "../../lists/roster.ts";
import { stateOf } from "../../lists/state.ts";
import { keyOf } from "../../mail/address.ts";
import type { Actor } from "../../state/journal.ts";

/** What the journal says of it. */
export const actor: Actor = { by: "mill", who: "bounces" };

/** What the reason of a suppressed address begins with. */
const MARK = "bounces";

interface Whom {
  readonly home: string;
  readonly list: Pick<List, "address">;
  readonly address: string;
}

/** @param now milliseconds since 1970 */
export async function silence(
  { home, list, address }: Whom,
  reason: string,
  now: number,
): Promise<void> {
  const words = `${MARK}: ${reason}`;
  const done = await rosterOf(home).suspend(
    list.address,
    address,
    words,
    actor,
  );
  if (done !== "absent") return;
  const { suppressed } = await stateOf(home);
  const key = keyOf(address);
  await suppressed.add([
    { list: keyOf(list.address), key, address, reason: words, since: now },
  ]);
}

/** Whether it is still so, and so because of bounces. */
export async function isSilent({
  home,
  list,
  address,
}: Whom): Promise<boolean> {
  const member = await rosterOf(home).get(list.address, address);
  if (member)
    return (
      member.suspended !== undefined &&
      (member.suspendedFor ?? "").startsWith(MARK)
    );
  const { suppressed } = await stateOf(home);
  return suppressed.has(keyOf(list.address), [keyOf(address)]);
}

/** @param by who says so; the judging by itself without it */
export async function unsilence(
  { home, list, address }: Whom,
  by = actor,
): Promise<void> {
  const done = await rosterOf(home).resume(list.address, address, by);
  if (done !== "absent") return;
  const { suppressed } = await stateOf(home);
  await suppressed.remove(keyOf(list.address), keyOf(address));
}

/** For good: a member is removed; whom a source brings stays suppressed. */
export async function remove({ home, list, address }: Whom): Promise<void> {
  await rosterOf(home).remove(list.address, address, actor);
}
