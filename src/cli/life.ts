/**
 * One life of a runner: what it is from entering the spool as a node to leaving it. Where the lease is
 * lost all that was at work has ended when this ends, and another life may begin.
 */
import { hostClock } from "../base/clock.ts";
import { host } from "../base/environment.ts";
import { stderrLog } from "../base/log.ts";
import { outbound } from "../engine/aftermath.ts";
import type { Launchers } from "../engine/launcher.ts";
import { Pipelines } from "../engine/layers.ts";
import { type Orders, Runner } from "../engine/runner.ts";
import type { Servers } from "../engine/servers.ts";
import { tellOverdue } from "../lists/outbox.ts";
import type { Site } from "../lists/settings.ts";
import { mailTrade } from "../mill.ts";
import { closedUntil, rest } from "../outbound/carry.ts";
import { enter } from "../spool/lease.ts";
import type { Context } from "./context.ts";
import { type Counting, counting } from "./counting.ts";
import { serversOf } from "./programs.ts";
import { type Steering, steer } from "./steering.ts";

/** Milliseconds between two looks for events that nobody has told. */
const UNTOLD = 2000;

/** What a runner is to do. */
export interface Task {
  readonly context: Context;
  readonly site: Site;
  readonly launchers: Launchers;
  readonly orders: Orders;
  /** Those that it runs, as it tells others; "*": all. */
  readonly queues: readonly string[] | "*";
  /** Aborted when it is to stop. */
  readonly ending: AbortSignal;
  /** Told what it runs, once it does. */
  begun(status: string): void;
}

/** How it ended. */
export interface End {
  /** Entries that were taken. */
  readonly turns: number;
  /** Why the lease was lost. */
  readonly lost: string | undefined;
  /** As what node. */
  readonly node: string;
}

/** Throws Failure where no lease can be had. */
export async function live(task: Task): Promise<End> {
  const { context, site, launchers, orders, queues } = task;
  const { spool, clock } = context;
  const end = new AbortController();
  const stop = () => end.abort();
  task.ending.addEventListener("abort", stop, { once: true });
  if (task.ending.aborted) stop();
  let lost: string | undefined;
  const node = await enter(spool, host(), site.node, hostClock, (reason) => {
    lost = reason;
    stderrLog("node", `the lease is lost: ${reason}`);
    stop();
  });
  let steering: Steering | undefined;
  let servers: Servers | undefined;
  let counted: Counting | undefined;
  let telling: NodeJS.Timeout | undefined;
  let turns = 0;
  /** Queues whose consumers are away, and until when. */
  const closed = new Map<string, number>();
  // What fails on the way must end the process too: nothing that is open may keep it.
  try {
    servers = serversOf(site, launchers.manner, stderrLog);
    counted = counting(site, node.name, stderrLog);
    steering = await steer({ site, spool, node, queues, log: stderrLog });
    const mill = {
      spool,
      node,
      trade: mailTrade(site, context.lists, node.name),
      pipelines: new Pipelines(),
      launchers,
      servers,
      limits: site.hooks,
      retry: site.retry,
      portion: site.outbound.portion,
      atWork: new Set<string>(),
      clock,
      log: stderrLog,
      signal: end.signal,
      closedUntil(queue: string) {
        if (steering?.isDrained) return Number.POSITIVE_INFINITY;
        return queue === outbound ? closedUntil(node.name) : closed.get(queue);
      },
      close(queue: string, until: number) {
        closed.set(queue, until);
      },
      witness: counted.witness,
    };
    const { refused } = launchers.manner;
    if (refused !== undefined) stderrLog(node.name, refused);
    const status = `runs ${orders.queues.join(", ")} of ${site.home}`;
    stderrLog(node.name, status);
    task.begun(status);
    // What commands have left untold when they died.
    const tell = () => void tellOverdue(site.home);
    telling = setInterval(tell, UNTOLD).unref();
    tell();
    turns = await new Runner(mill, orders).run();
  } finally {
    task.ending.removeEventListener("abort", stop);
    end.abort();
    clearInterval(telling);
    steering?.end();
    await rest();
    await servers?.close();
    counted?.stop();
    await node.leave();
  }
  return { turns, lost, node: node.name };
}
