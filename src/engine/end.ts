/**
 * What ended the way of an entry through its pipeline. Pure.
 */
import type { Verdict } from "./verdict.ts";

export type End =
  | { readonly kind: "done" }
  | {
      readonly kind: "later" | "reject" | "hold" | "discard";
      /** The hook's path. */
      readonly where: string;
      readonly stage: string;
      readonly reason: string;
      /** `hold`: people are told by whoever asked for it. */
      readonly quiet?: boolean;
      /** `later`: the queue is closed until then, and this was no try. Milliseconds since 1970. */
      readonly until?: number;
    };

/** The end that a verdict is. @param stage with its queue */
export function endOf(
  verdict: Exclude<Verdict, { kind: "pass" | "skip" }>,
  where: string,
  stage: string,
): End {
  const { kind, reason } = verdict;
  const end = { kind, where, stage, reason };
  if (verdict.kind === "hold" && verdict.quiet) return { ...end, quiet: true };
  if (verdict.kind === "later" && verdict.until !== undefined)
    return { ...end, until: verdict.until };
  return end;
}
