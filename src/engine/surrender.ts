/**
 * After a broken machine or setting (a full disk, a list.toml that does not parse): the entry goes
 * back to its queue, with the reason in its envelope where there is room to note it, and rests in
 * `failed/` once it has been tried for long enough.
 */
import { messageOf } from "../base/errors.ts";
import { type Claim, Fenced, giveBack, lay } from "../spool/claim.ts";
import {
  type Envelope,
  readEnvelope,
  startOf,
  withEvent,
} from "../spool/envelope.ts";
import { secondOf } from "../spool/name.ts";
import { listFolder } from "../spool/spool.ts";
import { delay, isSpent, words } from "./backoff.ts";
import type { Mill } from "./mill.ts";
import type { Content } from "./question.ts";

/** @returns the queues that got something */
export async function surrender<C extends Content>(
  mill: Mill<C>,
  claim: Claim,
  reason: string,
  say: (text: string) => void,
): Promise<string[]> {
  const now = mill.clock.now();
  const event = { at: new Date(now).toISOString(), where: claim.queue, reason };
  try {
    const read = readEnvelope(claim.path);
    if (read.kind === "envelope" && isHopeless(mill, claim, read.envelope)) {
      say(`failed: ${reason}`);
      const rest = { queue: claim.queue };
      const failed = { ...event, what: "failed" } as const;
      const envelope = withEvent({ ...read.envelope, rest }, failed);
      await lay(mill.spool, claim, "failed", envelope);
      return ["failed"];
    }
    const wait = delay(mill.retry, claim.name.attempt, Math.random());
    const due = secondOf(now + wait);
    say(`waits ${words(wait)}: ${reason}`);
    const later = { ...event, what: "later" } as const;
    const noted =
      read.kind === "envelope" ? withEvent(read.envelope, later) : undefined;
    await giveBack(mill.spool, claim, due, noted).catch(async (error) => {
      if (error instanceof Fenced) throw error;
      // A full disk takes no note, but still a rename.
      await giveBack(mill.spool, claim, due);
    });
  } catch (error) {
    if (!(error instanceof Fenced)) say(`stays claimed: ${messageOf(error)}`);
  }
  return [];
}

/** What is committed is never given up: only its publishing is left. */
function isHopeless<C extends Content>(
  { clock, retry }: Mill<C>,
  { name, path }: Claim,
  envelope: Envelope,
): boolean {
  const age = clock.now() - startOf(envelope, name.id);
  return isSpent(retry, age) && !listFolder(path).includes("out");
}
