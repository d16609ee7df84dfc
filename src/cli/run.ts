/**
 * listmill run: a runner on this home, until SIGTERM or SIGINT.
 */
import { closeInherited } from "../base/descriptors.ts";
import { host } from "../base/environment.ts";
import { exit, Failure, messageOf } from "../base/errors.ts";
import { stderrLog } from "../base/log.ts";
import type { Manner } from "../engine/start.ts";
import type { Site } from "../lists/settings.ts";
import { stateOf } from "../lists/state.ts";
import { mustBeThere } from "../spool/enqueue.ts";
import { probe } from "../spool/probe.ts";
import { isResting, type Spool } from "../spool/spool.ts";
import { type Context, parse, type Verb } from "./context.ts";
import { type Door, nameOf, openDoor } from "./doors.ts";
import { hookQueues, mustHaveHooks, passedOver } from "./hookqueues.ts";
import { type End, live, type Task } from "./life.ts";
import { mountTroubles } from "./mounts.ts";
import { launchersOf, troubleOf } from "./programs.ts";
import { type Part, roleFor } from "./role.ts";
import { refuseRoot } from "./root.ts";
import { serviceOf } from "./service.ts";

const verb: Verb = {
  usage: `\
run [lmtp] [http] [QUEUE...] [--queues QUEUE,...] [--until-empty] [--rate N] [--jobs N] [--lists ADDRESS,...]
    Runs the mill: takes messages from the queues and runs their hooks. Without a queue it does what
    [node.HOST] of listmill.toml says for this host, or takes from all that have hooks. With the word
    lmtp it takes mail from an MTA by LMTP too, with http bounces by HTTP, or only that where no queue
    is named. SIGTERM finishes what is claimed and stops. --until-empty stops when nothing is due;
    --rate is the most messages a minute of this runner (0: no limit); --jobs how many entries of a
    queue at once, of outbound too, instead of [outbound] entries; --lists takes only entries of these
    lists, or of all lists of a domain (@DOMAIN). --queues A,B is another way to name queues.`,
  async run(context, args) {
    const { values, positionals } = parse(args, {
      "until-empty": { type: "boolean", default: false },
      queues: { type: "string", multiple: true },
      rate: { type: "string" },
      jobs: { type: "string" },
      lists: { type: "string", multiple: true },
    });
    closeInherited();
    const untilEmpty = values["until-empty"];
    const role = roleFor(context, { ...values, named: positionals });
    const { spool } = context;
    const launchers = launchersOf(role.site);
    refuseRoot(role.site, "run");
    refuse(context);
    refuseAccount(launchers.manner, spool);
    await refuseState(role.site);
    const isAll = role.queues.length === 0;
    if (untilEmpty) mustEnd(role);
    const queues = chosen(context, role);
    const service = serviceOf(stderrLog);
    const ending = new AbortController();
    ending.signal.addEventListener("abort", () => service.stopping());
    for (const signal of ["SIGTERM", "SIGINT"] as const)
      process.once(signal, () => ending.abort());
    const task: Task = {
      context,
      site: role.site,
      launchers,
      orders: {
        ...role.orders,
        queues,
        // Those of tomorrow too.
        ...(isAll && { more: () => hookQueues(context) }),
        untilEmpty,
      },
      queues: isAll ? "*" : queues,
      ending: ending.signal,
      begun: (status) => service.ready(status),
    };
    const doors: Door[] = [];
    let end: End | undefined;
    try {
      if (!untilEmpty)
        for await (const door of doorsOf(context, role, ending.signal))
          doors.push(door);
      if (doors.length > 0 && isAll) {
        service.ready(`listens for mail by ${nameOf(role.doors)}`);
        await allClosed(doors);
      } else {
        end = await live(task);
        while (end.lost !== undefined && !ending.signal.aborted) {
          stderrLog(end.node, `begins anew, after ${end.turns} entries`);
          end = await live(task);
        }
      }
    } finally {
      ending.abort();
      await allClosed(doors);
      launchers.close();
    }
    stderrLog(end?.node ?? role.doors.join(" "), words(end));
    // Connections that idle would keep the process for a while.
    process.exit(end?.lost === undefined ? exit.ok : exit.tryLater);
  },
};
export default verb;

/** How it ended, for the log. */
function words(end: End | undefined): string {
  if (!end) return "stopped";
  return end.lost === undefined
    ? `stopped after ${end.turns} entries`
    : `stopped, the lease is lost: ${end.lost}`;
}

/** Refuses to wait for mail where the runner shall end. */
function mustEnd({ doors, queues, isOrdered }: Part): void {
  if (doors.length === 0) return;
  const named = doors.join(" and ");
  if (isOrdered)
    throw new Failure(
      exit.usage,
      `--until-empty ends a runner, and ${named} ${doors.length === 1 ? "waits" : "wait"} for mail: start two`,
    );
  if (queues.length === 0)
    throw new Failure(
      exit.usage,
      `listmill.toml: node.${host()}.queues: names ${named} only, so there is nothing to run until it is empty; name a queue`,
    );
}

/**
 * The doors that are wanted, each once it is open. Of several runners of a host that are all told of one by
 * the settings the first has it.
 */
async function* doorsOf(
  context: Context,
  { doors, queues, isOrdered }: Part,
  ending: AbortSignal,
): AsyncGenerator<Door> {
  for (const word of doors)
    try {
      yield await openDoor(word, context, ending);
    } catch (error) {
      if (isOrdered || queues.length === 0) throw error;
      stderrLog(word, `${messageOf(error)}; goes on without this door`);
    }
}

async function allClosed(doors: readonly Door[]): Promise<void> {
  await Promise.all(doors.map(({ closed }) => closed));
}

/** Refuses a spool that is not there, and a file system or a mount that cannot hold one. */
function refuse(context: Context): void {
  const { spool } = context;
  mustBeThere(spool);
  const problems = mountTroubles(context)
    .filter(({ level }) => level === "error")
    .map(({ what }) => what);
  problems.push(...probe(spool.root));
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

/** A queue of the section that has no hooks yet keeps no host from the others. */
function chosen(context: Context, { queues, isOrdered }: Part): string[] {
  const known = hookQueues(context);
  if (queues.length === 0) return known;
  const there = queues.filter((queue) => known.includes(queue));
  if (!isOrdered && there.length > 0) {
    for (const words of passedOver(known, host(), queues))
      stderrLog("run", words);
    return there;
  }
  for (const queue of queues) {
    if (isResting(queue))
      throw new Failure(
        exit.usage,
        `entries in ${queue} rest until a person decides; nothing runs there`,
      );
    mustHaveHooks(known, queue);
  }
  return there;
}
