/**
 * Holding one entry as a node does: claimed by one rename, put back or replaced by another. Whatever
 * dies in between, a takeover finds a state of the table in spool/README.md.
 */
import type { Clock } from "../../base/clock.ts";
import type { Log } from "../../base/log.ts";
import {
  type Claim,
  Fenced,
  fencedOr,
  inspect,
  putBack,
  take,
} from "../../spool/claim.ts";
import { publish, remove } from "../../spool/commit.ts";
import { type Envelope, readEnvelope } from "../../spool/envelope.ts";
import type { Node } from "../../spool/lease.ts";
import type { Found } from "../../spool/operator.ts";
import type { Spool } from "../../spool/spool.ts";

/** What a person's hand works with: this process is a node of the spool. */
export interface Tools {
  readonly spool: Spool;
  readonly node: Node;
  readonly clock: Clock;
  readonly log: Log;
  /** Most recipients of an entry that is served; of a longer list nothing is noted. */
  readonly portion: number;
  /** Aborted where the person wants it to end. */
  readonly signal: AbortSignal;
  /** Told of recipients as they are looked at. */
  tell(recipients: number): void;
}

type Hold = Pick<Tools, "spool" | "node" | "clock">;

/**
 * Claims an entry and acts on it; goes on with what was committed. Where that throws, the entry is
 * put back: what an act has left is thrown away by whoever takes it next. Throws Fenced where this
 * node has lost the entry.
 * @param act has to put the entry back, or end it
 * @returns false where somebody else was faster
 */
export async function claimed(
  { spool, node, clock }: Hold,
  { queue, name }: Pick<Found, "queue" | "name">,
  act: (claim: Claim, envelope: Envelope) => Promise<void>,
): Promise<boolean> {
  const claim = take(spool, queue, { kind: "entry", name }, node.name, clock);
  if (!claim) return false;
  try {
    const state = inspect(claim);
    if (state === "empty") remove(spool, claim);
    else if (state === "committed") await publish(spool, claim);
    else {
      const read = readEnvelope(claim.path);
      if (state !== "whole" || read.kind !== "envelope")
        throw new Error("it is broken: a runner lays it aside");
      await act(claim, read.envelope);
    }
    return true;
  } catch (thrown) {
    const error = fencedOr(thrown, claim);
    if (!(error instanceof Fenced)) putBack(spool, claim, name.due);
    throw error;
  }
}
