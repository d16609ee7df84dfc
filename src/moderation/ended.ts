/**
 * What tells programs that a post which waited was refused or dropped. It follows from the decision alone:
 * told again, it is the same event. Pure.
 */

import { emissionOf, type Occurrence } from "../lists/events.ts";
import type { Emitter } from "../lists/letter.ts";
import type { Actor } from "../state/actor.ts";
import type { Decision } from "./decision.ts";

/** Who has decided, by which door and with which entry. */
export function deciderOf(decision: Decision): Actor {
  const { by, how = "mail", id, verdict, messageId = "" } = decision;
  if (verdict === "expire")
    return { by: "mill", who: "", cause: `moderators/${id}`, messageId };
  const cause = how === "mail" ? `commands/${id}` : `command/${id}`;
  return { by: how, who: by, cause, messageId };
}

/** Tells it of a post that is let go no more. */
export function emitEnded(
  { site, list, emit }: Pick<Occurrence, "site" | "list"> & Emitter,
  decision: Decision,
): void {
  const { verdict, entry, author, sender, subject, reason, at } = decision;
  const isEnd =
    verdict === "reject" || verdict === "discard" || verdict === "expire";
  if (!isEnd || decision.wish !== undefined || entry === undefined) return;
  const emission = emissionOf(
    { site, list, id: entry, queue: "held", now: at },
    "post.rejected",
    deciderOf(decision),
    { author, sender, subject, entry, verdict, reason },
    decision.id,
  );
  if (emission) emit(emission);
}
