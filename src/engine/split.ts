/**
 * A long distribution list is cut into entries while it is served, some at a time, not all before
 * the first: the entry that holds what is left of it waits behind the portions that were cut off.
 * So an explosion of any size starts at once, waits in a few entries, and any runner may go on with it.
 */
import type { Claim } from "../spool/claim.ts";
import type { Child } from "../spool/commit.ts";
import type { Envelope } from "../spool/envelope.ts";
import { birth, newId } from "../spool/name.ts";
import { cut, type Portion, recipientsFile } from "../spool/recipients.ts";
import { listLinks } from "./aftermath.ts";

/** Portions that are cut off at once: work for the turns of several runners. */
const AT_ONCE = 32;

/** Whether an entry holds more recipients than one turn shall serve. @param most of an entry */
export function isLong({ portion }: Envelope, most: number): boolean {
  return portion !== undefined && portion.count > most;
}

/**
 * The entries that take the place of one whose list is too long for a turn.
 * @param most recipients of an entry
 * @param now milliseconds
 */
export function* cutUp(
  claim: Claim,
  envelope: Envelope & { readonly portion: Portion },
  most: number,
  now: number,
): Generator<Child> {
  const file = recipientsFile(claim.path);
  const { portions, rest } = cut(file, envelope.portion, most, AT_ONCE);
  const links = listLinks(claim.path, envelope);
  for (const portion of rest ? [...portions, rest] : portions)
    yield {
      queue: claim.queue,
      name: {
        due: Math.floor(now / 1000),
        attempt: claim.name.attempt,
        // Its age counts from the first.
        id: newId(birth(claim.name.id)),
        ...(claim.name.lane
          ? { lane: { ...claim.name.lane, size: portion.count } }
          : {}),
      },
      envelope: { ...envelope, portion },
      message: `${claim.path}/message`,
      links,
    };
}
