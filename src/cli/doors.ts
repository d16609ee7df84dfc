/**
 * `listmill run lmtp`: the door of receipt/lmtp.ts, open until the process is asked to stop.
 */
import { stderrLog } from "../base/log.ts";
import type { Context } from "./context.ts";

/** What stands beside the names of queues in `listmill run`. */
export const lmtp = "lmtp";

export interface Door {
  /** Resolves when it is closed and nothing is in flight any more. */
  readonly closed: Promise<void>;
}

/**
 * Opens the door.
 * @param signal aborted when it shall close
 * Throws Failure where nobody can listen there.
 */
export async function openDoor(
  context: Context,
  signal: AbortSignal,
): Promise<Door> {
  const { site, lists, spool, clock } = context;
  // Only now: a runner without the door has no use for the package.
  const { openLmtp } = await import("../receipt/lmtp.ts");
  const door = await openLmtp({ site, lists, spool, clock, log: stderrLog });
  stderrLog(lmtp, `listens on ${door.where} for ${site.home}`);
  const closed = new Promise<void>((done) => {
    const close = () => done(door.close());
    if (signal.aborted) close();
    else signal.addEventListener("abort", close, { once: true });
  });
  return { closed };
}
