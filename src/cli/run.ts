/**
 * listmill run: a runner on this home, until SIGTERM or SIGINT.
 */
import { closeInherited } from "../base/descriptors.ts";
import { host } from "../base/environment.ts";
import { exit, Failure } from "../base/errors.ts";
import { stderrLog } from "../base/log.ts";
import { outbound } from "../engine/aftermath.ts";
import { Pipelines } from "../engine/layers.ts";
import { Runner } from "../engine/runner.ts";
import type { Manner } from "../engine/start.ts";
import type { Site } from "../lists/settings.ts";
import { stateOf } from "../lists/state.ts";
import { mailTrade } from "../mill.ts";
import { closedUntil, rest } from "../outbound/carry.ts";
import { mustBeThere } from "../spool/enqueue.ts";
import { enter } from "../spool/lease.ts";
import { probe } from "../spool/probe.ts";
import { isResting, type Spool } from "../spool/spool.ts";
import { type Context, parse, type Verb, wholeNumber } from "./context.ts";
import { counting } from "./counting.ts";
import { hookQueues, mustHaveHooks } from "./hookqueues.ts";
import { type Door, lmtp, openDoor } from "./lmtpdoor.ts";
import { launchersOf, serversOf, troubleOf } from "./programs.ts";
import { refuseRoot } from "./root.ts";
import { steer } from "./steering.ts";

const verb: Verb = {
  usage: `\
run [lmtp] [QUEUE...] [--until-empty] [--rate N] [--jobs N] [--lists ADDRESS,...]
    Runs the mill: takes messages from the queues (all that have hooks, without an argument) and
    runs their hooks. With the word lmtp it takes mail from an MTA by LMTP too, or only that where
    no queue is named. SIGTERM finishes what is claimed and stops. --until-empty stops when nothing
    is due; --rate is the most messages a minute of this runner (0: no limit); --jobs how many
    entries of a queue at once, of outbound too, instead of [outbound] entries; --lists takes only
    entries of these lists.`,
  async run(context, args) {
    const { values, positionals } = parse(args, {
      "until-empty": { type: "boolean", default: false },
      rate: { type: "string" },
      jobs: { type: "string" },
      lists: { type: "string", multiple: true },
    });
    closeInherited();
    const site = ordered(context.site, values.rate);
    const { spool, clock } = context;
    const launchers = launchersOf(site);
    refuseRoot(site, "run");
    refuse(spool);
    refuseAccount(launchers.manner, spool);
    await refuseState(site);
    const named = positionals.filter((name) => name !== lmtp);
    const hasDoor = named.length < positionals.length;
    if (hasDoor && values["until-empty"])
      throw new Failure(
        exit.usage,
        "--until-empty ends a runner, and lmtp waits for mail: start two",
      );
    const queues = chosen(context, named);
    const jobs =
      values.jobs === undefined
        ? site.runner.jobs
        : wholeNumber(values.jobs, "--jobs");
    if (jobs < 1)
      throw new Failure(exit.usage, "--jobs takes a number from 1 on");
    const lists = values.lists
      ?.flatMap((text) => text.split(","))
      .map((text) => context.list(text).address);
    const ending = new AbortController();
    for (const signal of ["SIGTERM", "SIGINT"] as const)
      process.once(signal, () => ending.abort());
    if (hasDoor && named.length === 0) {
      const door = await openDoor(context, ending.signal);
      await door.closed;
      stderrLog(lmtp, "stopped");
      process.exit(exit.ok);
    }
    let lost: string | undefined;
    const node = await enter(spool, host(), site.node, clock, (reason) => {
      lost = reason;
      ending.abort();
    });
    const servers = serversOf(site, launchers.manner, stderrLog);
    const counted = counting(site, node.name, stderrLog);
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
      signal: ending.signal,
      closedUntil: (queue: string) =>
        queue === outbound ? closedUntil(node.name) : undefined,
      witness: counted.witness,
    };
    let door: Door | undefined;
    let unsteer = () => {};
    let turns = 0;
    // What fails on the way must end the process too: nothing that is open may keep it.
    try {
      if (hasDoor) door = await openDoor(context, ending.signal);
      unsteer = await steer({
        site,
        spool,
        node,
        queues: named.length === 0 ? "*" : queues,
        log: stderrLog,
      });
      const { refused } = launchers.manner;
      if (refused !== undefined) stderrLog(node.name, refused);
      stderrLog(node.name, `runs ${queues.join(", ")} of ${site.home}`);
      turns = await new Runner(mill, {
        queues,
        // Without names it is all that have hooks, those of tomorrow too.
        ...(named.length === 0 ? { more: () => hookQueues(context) } : {}),
        jobs,
        ...(values.jobs === undefined
          ? { jobsOf: { [outbound]: site.outbound.entries } }
          : {}),
        scan: site.runner.scan,
        untilEmpty: values["until-empty"],
        ...(lists ? { lists: new Set(lists) } : {}),
      }).run();
    } finally {
      ending.abort();
      unsteer();
      await door?.closed;
      await rest();
      launchers.close();
      await servers.close();
      counted.stop();
      await node.leave();
    }
    stderrLog(
      node.name,
      lost
        ? `stopped, the lease is lost: ${lost}`
        : `stopped after ${turns} entries`,
    );
    // Connections that idle would keep the process for a while.
    process.exit(lost ? exit.tryLater : exit.ok);
  },
};
export default verb;

function ordered(site: Site, rate: string | undefined): Site {
  if (rate === undefined) return site;
  return {
    ...site,
    outbound: { ...site.outbound, rate: wholeNumber(rate, "--rate") },
  };
}

/** Refuses a spool that is not there, and a file system that cannot hold one. */
function refuse(spool: Spool): void {
  mustBeThere(spool);
  const problems = probe(spool.root);
  if (problems.length > 0) throw new Failure(exit.config, problems.join("\n"));
}

/** Refuses an account for hooks that could not do their work. */
function refuseAccount(manner: Manner, spool: Spool): void {
  if (!manner.account) return;
  const trouble = troubleOf(manner, spool);
  if (trouble !== undefined) throw new Failure(exit.config, trouble);
}

/** Refuses a state that is another host's, or of a newer listmill; one that is away is waited for. */
async function refuseState(site: Site): Promise<void> {
  try {
    await stateOf(site.home);
  } catch (error) {
    if (error instanceof Failure && error.exitCode === exit.config) throw error;
  }
}

function chosen(context: Context, named: readonly string[]): string[] {
  const known = hookQueues(context);
  for (const queue of named) {
    if (isResting(queue))
      throw new Failure(
        exit.usage,
        `entries in ${queue} rest until a person decides; nothing runs there`,
      );
    mustHaveHooks(known, queue);
  }
  return named.length > 0 ? [...named] : known;
}
