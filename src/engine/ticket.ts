/**
 * A message that a served hook is to be asked about, and what came of it.
 */
import type { Limits } from "./program.ts";
import type { Reply, Request } from "./protocol.ts";
import { fits, sizeOf } from "./sizes.ts";

/** What came of asking. */
export type Served =
  | {
      readonly kind: "answer";
      readonly reply: Reply;
      readonly request: Request;
    }
  | { readonly kind: "later"; readonly reason: string };

export interface Ticket {
  /** Made each time that it is asked: what an earlier process left behind is not read. */
  readonly request: () => Request;
  readonly limits: Limits;
  readonly done: PromiseWithResolvers<Served>;
  /** How many processes have ended and not answered it. */
  ended: number;
}

/** A ticket as it was given to a process. */
export interface Asked {
  readonly ticket: Ticket;
  readonly request: Request;
}

export function letWait({ done }: Ticket, reason: string): void {
  done.resolve({ kind: "later", reason });
}

/** Whether what a process has written for an answer is more than the limit. */
export function isTooLarge({ output, emit }: Request, limits: Limits): boolean {
  const rest = limits.output - sizeOf(output);
  return rest < 0 || (emit !== null && !fits(emit, rest));
}
