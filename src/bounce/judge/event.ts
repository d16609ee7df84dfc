/** What tells programs that what came back has changed whether somebody gets mail. Pure. */
import { emissionOf } from "../../lists/events.ts";
import type { Occasion } from "./occasion.ts";

/** What the events of members are caused by. */
export function causeOf({ id }: Pick<Occasion, "id">): string {
  return `bounces/${id}`;
}

export function emitJudged(
  { site, list, id, now, emit }: Occasion,
  address: string,
  standing: "suspended" | "restored" | "removed",
  reason: string,
): void {
  const emission = emissionOf(
    { site, list, id, queue: "bounces", now },
    "bounce.judged",
    { by: "mill", who: "bounces" },
    { address, standing, reason },
    `${standing} ${address}`,
  );
  if (emission) emit(emission);
}
