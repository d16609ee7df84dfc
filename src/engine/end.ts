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
    };

/** The end that a verdict is. @param stage with its queue */
export function endOf(
  verdict: Exclude<Verdict, { kind: "pass" | "skip" }>,
  where: string,
  stage: string,
): End {
  const { kind, reason } = verdict;
  const end = { kind, where, stage, reason };
  return verdict.kind === "hold" && verdict.quiet
    ? { ...end, quiet: true }
    : end;
}
