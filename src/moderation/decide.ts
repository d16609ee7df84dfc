/**
 * Deciding about what waits, for moderators who answer by mail, for the command line, and when the
 * time for it is over. The first decision wins over all hosts; who comes later is told which it was.
 */
import { errnoOf, exit, Failure } from "../base/errors.ts";
import { failpoint } from "../base/failpoint.ts";
import type { List } from "../lists/directory.ts";
import type { Site } from "../lists/settings.ts";
import { drop, release } from "../spool/operator.ts";
import type { Spool } from "../spool/spool.ts";
import {
  type Decision,
  decided,
  decisionsOf,
  earlierDecision,
  type Verdict,
} from "./decision.ts";
import { findHeld, type Held, sightOf } from "./held.ts";

/** Who decides, and where. */
export interface Deciding {
  readonly site: Pick<Site, "home">;
  readonly list: Pick<List, "address">;
  readonly spool: Spool;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** What tells this decision from any other; the same in every try. */
  readonly id: string;
  /** Who decides. */
  readonly by: string;
  /** What the author is told; "" for nothing. */
  readonly reason: string;
}

export type Decided =
  /** It is decided so, now or in an earlier try. */
  | { readonly kind: "done"; readonly decision: Decision }
  /** Somebody else was first. */
  | { readonly kind: "late"; readonly decision: Decision }
  /** Nothing of that name waits, and nothing is known of it. */
  | { readonly kind: "gone" };

/**
 * @param tail of the id of what waits, as a token has it
 * Throws a Failure (try later) where a node has it at work.
 */
export async function decide(
  deciding: Deciding,
  tail: string,
  verdict: Verdict,
): Promise<Decided> {
  const { site, list, spool, now, id, by, reason } = deciding;
  const folder = decisionsOf(site.home, list.address);
  const held = findHeld(spool, list.address, tail);
  const sight = held && (await seen(held));
  const earlier = earlierDecision(folder, tail, id);
  const isMine = earlier?.id === id;
  if (!held || !sight) {
    if (!earlier) return { kind: "gone" };
    return { kind: isMine ? "done" : "late", decision: earlier };
  }
  // An earlier try has let it go, and something else holds it now.
  if (isMine && held.since > earlier.at)
    return { kind: "done", decision: earlier };
  const decision = await decided(folder, held.stay, {
    verdict,
    by,
    reason,
    at: now,
    id,
    author: sight.author,
    subject: sight.subject,
    sender: held.envelope.sender,
  });
  failpoint("decision-made");
  await carryOut(spool, held, decision, now);
  failpoint("decision-done");
  return { kind: decision.id === id ? "done" : "late", decision };
}

async function seen(held: Held) {
  try {
    return await sightOf(held);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/** Does what was decided; what another one has done already is left so. */
async function carryOut(
  spool: Spool,
  { found }: Held,
  { verdict }: Decision,
  now: number,
): Promise<void> {
  try {
    switch (verdict) {
      case "approve":
      case "free":
        await release(spool, found, now);
        return;
      case "reject":
      case "discard":
      case "expire":
        drop(spool, found);
        return;
    }
  } catch (error) {
    const isTaken =
      error instanceof Failure &&
      error.exitCode === exit.tryLater &&
      found.node === undefined;
    if (!isTaken) throw error;
  }
}
