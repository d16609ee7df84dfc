/**
 * Deciding about what waits, for moderators who answer by mail, for the command line, and when the
 * time for it is over. The first decision wins over all hosts; who comes later is told which it was.
 */
import { exit, Failure } from "../base/errors.ts";
import { failpoint } from "../base/failpoint.ts";
import { note } from "../lists/alarm.ts";
import type { List } from "../lists/directory.ts";
import { messageIdIn } from "../lists/events.ts";
import { extended } from "../lists/marks.ts";
import type { Site } from "../lists/settings.ts";
import { robotic } from "../mail/robot.ts";
import { enqueue } from "../spool/enqueue.ts";
import { freshName } from "../spool/name.ts";
import { drop, release } from "../spool/operator.ts";
import { extensionFor, SUBJECT } from "./alarm.ts";
import {
  AUTHOR,
  type Decision,
  decided,
  decisionsOf,
  earlierDecision,
  sweepDecisions,
  type Verdict,
} from "./decision.ts";
import { findHeld, type Held, type Looking, seen } from "./held.ts";

/** Who decides, and where. */
export interface Deciding extends Looking {
  readonly site: Pick<Site, "home" | "delimiters" | "hostname">;
  readonly list: Pick<List, "address" | "local" | "domain">;
  /** What tells this decision from any other; the same in every try. */
  readonly id: string;
  /** Who decides. */
  readonly by: string;
  /** What the author is told; "" for nothing. */
  readonly reason: string;
  /** How it is decided; by mail without it, and then whoever asks for it tells people. */
  readonly how?: "mail" | "command";
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
  const { site, list, now, id, by, reason, how } = deciding;
  const folder = decisionsOf(site.home, list.address);
  const held = findHeld(deciding, list.address, tail);
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
    robot: robotic(sight.message.header, held.envelope.sender) ?? "",
    entry: held.found.name.id,
    messageId: messageIdIn(sight.message.header),
    ...(held.wish ? { wish: held.wish.command } : {}),
    ...(how ? { how } : {}),
  });
  failpoint("decision-made");
  // While it waits whoever says it again, or decides otherwise, comes by here once more.
  if (decision.how === "command") await announce(deciding, held.stay);
  failpoint("decision-announced");
  await carryOut(deciding, held, decision);
  failpoint("decision-done");
  await sweepDecisions(folder, deciding);
  return { kind: decision.id === id ? "done" : "late", decision };
}

/**
 * Sees to it that the mill tells people of a decision that was made on the command line: that may be
 * killed at any time. The news may come more than once, and is told once.
 */
async function announce(
  { site, list, spool, now }: Deciding,
  stay: string,
): Promise<void> {
  const queue = "moderators";
  const extension = extensionFor(site, "decided", stay);
  const recipient = extended(site, list, extension);
  const name = freshName(now);
  spool.make(queue);
  await enqueue(spool, {
    queue,
    name,
    envelope: {
      sender: extended(site, list, "bounces"),
      recipient,
      list: list.address,
      extension,
      origin: "operator",
      received: new Date(now).toISOString(),
      history: [],
    },
    message: [note({ site, list, id: name.id, now }, recipient, SUBJECT)],
  });
}

/** Does what was decided; what another one has done already is left so. */
async function carryOut(
  { spool, now }: Deciding,
  { found, where }: Held,
  { verdict, by }: Decision,
): Promise<void> {
  try {
    switch (verdict) {
      case "approve":
      case "free":
        // An author says yes to what asked him, a moderator to all of the stage.
        await release(spool, found, now, by === AUTHOR ? where : undefined);
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
