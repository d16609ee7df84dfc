/**
 * What a hook decides: its exit code, as a value. Pure.
 */

export type Verdict =
  | { readonly kind: "pass" }
  /** Pass, and skip the rest of this stage. */
  | { readonly kind: "skip" }
  | {
      readonly kind: "later";
      readonly reason: string;
      /**
       * What takes it is away: that was no try, and nothing is taken from the queue before (milliseconds
       * since 1970).
       */
      readonly until?: number;
    }
  | { readonly kind: "reject"; readonly reason: string }
  | {
      readonly kind: "hold";
      readonly reason: string;
      /** Whoever asked for it tells people itself. */
      readonly quiet?: boolean;
    }
  | { readonly kind: "discard"; readonly reason: string };

/** The exit code of each verdict. */
export const codes = {
  pass: 0,
  later: 75,
  reject: 77,
  hold: 80,
  discard: 81,
  skip: 99,
} as const satisfies Record<Verdict["kind"], number>;

/** Whether an exit code says something; all others are those of broken programs. */
export function isVerdict(code: number): boolean {
  return (Object.values(codes) as number[]).includes(code);
}

/** The verdict of an exit code; anything unknown is "later", so a broken script delays mail. */
export function verdictOf(code: number, reason: string): Verdict {
  switch (code) {
    case codes.pass:
      return { kind: "pass" };
    case codes.skip:
      return { kind: "skip" };
    case codes.reject:
      return { kind: "reject", reason };
    case codes.hold:
      return { kind: "hold", reason };
    case codes.discard:
      return { kind: "discard", reason };
    case codes.later:
      return { kind: "later", reason: reason || "asked for later" };
    default:
      return {
        kind: "later",
        reason: `exit code ${code}${reason && `: ${reason}`}`,
      };
  }
}

/** The verdict in words, for log lines and `listmill-hook`. */
export function wordsOf(verdict: Verdict): string {
  return "reason" in verdict
    ? `${verdict.kind}: ${verdict.reason}`
    : verdict.kind;
}
