/**
 * Queues in which something is due that no living runner takes.
 */
import { hostClock } from "../base/clock.ts";
import { livingNodes } from "../spool/nodes.ts";
import { runsOf } from "../spool/peers.ts";
import { glance } from "../spool/queue.ts";
import type { Context } from "./context.ts";
import { hookQueues } from "./hookqueues.ts";

/** What `check` and `nodes` say of them; undefined where all is served. */
export function unserved(context: Context): string | undefined {
  const { spool, site } = context;
  const living = livingNodes(spool, site.node.stale, hostClock);
  const run = new Set(living.flatMap((name) => runsOf(spool, name)));
  if (run.has("*")) return undefined;
  const there = spool.queues();
  const left = hookQueues(context).filter(
    (queue) =>
      there.includes(queue) && !run.has(queue) && isDueIn(context, queue),
  );
  if (left.length === 0) return undefined;
  return run.size === 0
    ? "entries wait and no runner lives; start one with: listmill run"
    : `entries wait in ${left.join(", ")}, which no runner that lives takes from; name them in a section [node.HOST], or start one with: listmill run ${left.join(" ")}`;
}

function isDueIn({ spool, clock }: Context, queue: string): boolean {
  const found = glance({ spool, queue, now: clock.now() / 1000, most: 1 });
  // Of very many some are due.
  return !found || found.due.length > 0;
}
