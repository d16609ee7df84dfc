/**
 * A command that is a node of the spool while it works: runners leave to it what it has, and take that
 * over when it dies.
 */
import { hostClock } from "../base/clock.ts";
import { host } from "../base/environment.ts";
import { type Log, stderrLog } from "../base/log.ts";
import { enter, type Node } from "../spool/lease.ts";
import { leaveFolders } from "../spool/sweep.ts";
import type { Context } from "./context.ts";
import type { Meter } from "./meter.ts";
import { refuseRoot } from "./root.ts";
import { Timekeeper } from "./timekeeping.ts";

export interface Self {
  readonly node: Node;
  readonly log: Log;
  /** Aborted where the person wants it to end. */
  readonly signal: AbortSignal;
}

/**
 * Does something as a node. Throws Failure where root may not, or no lease can be had.
 * @param verb for the log, and for what root is told
 */
export async function asNode<T>(
  { site, spool }: Context,
  verb: string,
  meter: Meter,
  act: (self: Self) => Promise<T>,
): Promise<T> {
  refuseRoot(site, verb);
  const log: Log = (where, what) => {
    meter.wipe();
    stderrLog(where, what);
  };
  const node = await enter(spool, host(), site.node, hostClock, (reason) =>
    log(verb, `the lease is lost: ${reason}`),
  );
  new Timekeeper(node, log).look();
  try {
    return await untilEnded((signal) => act({ node, log, signal }));
  } finally {
    meter.wipe();
    leaveFolders(spool, node.name);
    await node.leave();
  }
}

/** Does something that a person may end with a signal. */
export async function untilEnded<T>(
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ending = new AbortController();
  const end = () => ending.abort();
  process.once("SIGTERM", end).once("SIGINT", end);
  try {
    return await act(ending.signal);
  } finally {
    process.off("SIGTERM", end).off("SIGINT", end);
  }
}
