/**
 * A long distribution list is cut into entries while it is served, some at a time, not all before
 * the first: the entry that holds what is left of it waits behind the portions that were cut off.
 * So an explosion of any size starts at once, waits in a few entries, and any runner may go on with it.
 */
import type { Claim } from "../spool/claim.ts";
import type { Child } from "../spool/commit.ts";
import type { Envelope } from "../spool/envelope.ts";
import { secondOf, sized, successor } from "../spool/name.ts";
import { cut, type Portion, recipientsFile } from "../spool/recipients.ts";
import { listFolder } from "../spool/spool.ts";
import { listLinks } from "./aftermath.ts";

/** Portions that are cut off at once: work for the turns of several runners. */
const AT_ONCE = 32;

/** Of an entry whose list is too long for a turn. */
export type Long = Envelope & { readonly portion: Portion };

/**
 * Whether an entry's list is to be cut first. One that has been served in part is not: its notes count
 * in the whole list.
 * @param most recipients that one turn shall serve
 */
export function isToBeCut(
  { path }: Claim,
  envelope: Envelope,
  most: number,
): envelope is Long {
  const { portion } = envelope;
  return (
    portion !== undefined &&
    portion.count > most &&
    !listFolder(path).includes("progress")
  );
}

/**
 * The entries that take the place of one whose list is too long for a turn.
 * @param most recipients of an entry
 * @param now milliseconds
 */
export function* cutUp(
  claim: Claim,
  envelope: Long,
  most: number,
  now: number,
): Generator<Child> {
  const file = recipientsFile(claim.path);
  const { portions, rest } = cut(file, envelope.portion, most, AT_ONCE);
  const links = listLinks(claim.path, envelope);
  const name = { ...claim.name, due: secondOf(now) };
  for (const portion of rest ? [...portions, rest] : portions)
    yield {
      queue: claim.queue,
      name: sized(successor(name), portion.count),
      envelope: { ...envelope, portion },
      message: `${claim.path}/message`,
      links,
    };
}
