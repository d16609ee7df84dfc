/**
 * listmill run: a runner on this home, until SIGTERM or SIGINT.
 */
import { join } from "node:path";
import { host, variable } from "../base/environment.ts";
import { exit, Failure } from "../base/errors.ts";
import { stderrLog } from "../base/log.ts";
import { Launchers } from "../engine/launcher.ts";
import { Pipelines } from "../engine/layers.ts";
import { Runner } from "../engine/runner.ts";
import type { Site } from "../lists/settings.ts";
import { mailTrade, packageHooks } from "../mill.ts";
import { rest } from "../outbound/carry.ts";
import { enter } from "../spool/lease.ts";
import { probe } from "../spool/probe.ts";
import { restingQueues, type Spool } from "../spool/spool.ts";
import { type Context, parse, type Verb, wholeNumber } from "./context.ts";
import { hookQueues } from "./hookqueues.ts";

const verb: Verb = {
  usage: `\
run [QUEUE...] [--until-empty] [--rate N] [--jobs N] [--lists ADDRESS,...]
    Runs the mill: takes messages from the queues (all that have hooks, without an argument) and
    runs their hooks. SIGTERM finishes what is claimed and stops. --until-empty stops when nothing
    is due; --rate is the most messages a minute of this runner (0: no limit); --jobs how many
    entries of a queue at once; --lists takes only entries of these lists.`,
  async run(context, args) {
    const { values, positionals } = parse(args, {
      "until-empty": { type: "boolean", default: false },
      rate: { type: "string" },
      jobs: { type: "string" },
      lists: { type: "string", multiple: true },
    });
    const site = ordered(context.site, values.rate);
    const { spool, clock } = context;
    refuse(spool);
    const queues = chosen(context, positionals);
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
    let lost: string | undefined;
    const node = await enter(spool, host(), site.node, clock, (reason) => {
      lost = reason;
      ending.abort();
    });
    for (const signal of ["SIGTERM", "SIGINT"] as const)
      process.once(signal, () => ending.abort());
    const launchers = new Launchers(
      site.hooks.launchers,
      hookEnvironment(site),
    );
    const mill = {
      spool,
      node,
      trade: mailTrade(site, context.lists, node.name),
      pipelines: new Pipelines(),
      launchers,
      limits: site.hooks,
      retry: site.retry,
      clock,
      log: stderrLog,
      signal: ending.signal,
    };
    if (process.getuid?.() === 0)
      stderrLog(
        node.name,
        "runs as root, and so do its hooks: better give it an account",
      );
    stderrLog(node.name, `runs ${queues.join(", ")} of ${site.home}`);
    const turns = await new Runner(mill, {
      queues,
      // Without names it is all that have hooks, those of tomorrow too.
      ...(positionals.length === 0 ? { more: () => hookQueues(context) } : {}),
      jobs,
      scan: site.runner.scan,
      untilEmpty: values["until-empty"],
      ...(lists ? { lists: new Set(lists) } : {}),
    }).run();
    await rest();
    launchers.close();
    await node.leave();
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

/** Refuses a file system that cannot hold a spool. */
function refuse(spool: Spool): void {
  spool.make("incoming");
  const problems = probe(spool.root);
  if (problems.length > 0) throw new Failure(exit.config, problems.join("\n"));
}

function chosen(context: Context, named: readonly string[]): string[] {
  const known = hookQueues(context);
  const resting: readonly string[] = restingQueues;
  for (const queue of named) {
    if (resting.includes(queue))
      throw new Failure(
        exit.usage,
        `entries in ${queue} rest until a person decides; nothing runs there`,
      );
    if (!known.includes(queue))
      throw new Failure(
        exit.usage,
        `no queue "${queue}" has hooks; there are: ${known.join(", ")}`,
      );
  }
  return named.length > 0 ? [...named] : known;
}

/** What every hook has in its environment, whatever the message. */
function hookEnvironment(site: Site): Record<string, string> {
  const tools = join(packageHooks, "..", "bin");
  return {
    PATH: `${tools}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`,
    LANG: "C.UTF-8",
    HOME: site.home,
    LISTMILL_HOME: site.home,
    ...(variable("TZ") ? { TZ: variable("TZ") as string } : {}),
  };
}
