/**
 * What would follow from a message that hooks were tried on. Changes nothing but the `work/` folder of its scratch
 * entry.
 */
import type { Clock } from "../base/clock.ts";
import { chunks, type Piece } from "../base/pieces.ts";
import { misrouted, subjectOf } from "./aftermath.ts";
import type { End } from "./end.ts";
import type { Pass } from "./pass.ts";
import { wholeOf } from "./program.ts";
import type { Content } from "./question.ts";
import type { Draft, Silence, Trade } from "./trade.ts";

/** What would follow from a message. */
export type Follows =
  | {
      readonly kind: "moves";
      readonly queue: string;
      readonly file: string;
    }
  /** Entries of `outbound`. */
  | {
      readonly kind: "spreads";
      readonly recipients: number;
    }
  | { readonly kind: "nothing" }
  | (Stopped & { readonly kind: "later" | "hold" | "discard" })
  /** With what the sender is told, or why nobody may be told. */
  | (Stopped & { readonly kind: "reject"; readonly told: Draft | Silence });

type Stopped = Omit<Extract<End, { where: string }>, "kind">;

export async function follows<C extends Content>(
  pass: Pass<C>,
  end: End,
  { trade, clock }: { readonly trade: Trade<C>; readonly clock: Clock },
): Promise<Follows> {
  const subject = subjectOf(pass);
  if (end.kind === "reject") {
    const told = await trade.refused(subject, end.reason, clock.now(), true);
    return { ...end, kind: "reject", told };
  }
  if (end.kind !== "done") return { ...end, kind: end.kind };
  const { queue } = pass.claim;
  const trouble = misrouted(pass);
  if (trouble !== undefined)
    return { kind: "later", where: queue, stage: queue, reason: trouble };
  if (pass.route !== undefined)
    return { kind: "moves", queue: pass.route, file: await pass.file() };
  const list = pass.distribution.file;
  if (list === undefined) return { kind: "nothing" };
  return { kind: "spreads", recipients: await countLines(wholeOf(list)) };
}

/** How many lines end in a content. */
export async function countLines(pieces: readonly Piece[]): Promise<number> {
  let count = 0;
  for await (const chunk of chunks(pieces))
    for (let at = chunk.indexOf(10); at >= 0; at = chunk.indexOf(10, at + 1))
      count += 1;
  return count;
}
