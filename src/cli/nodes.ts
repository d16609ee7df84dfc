/**
 * listmill nodes: the runners of a home on all its hosts, and hosts that are to rest.
 */
import { hostClock } from "../base/clock.ts";
import { exit, Failure } from "../base/errors.ts";
import { oneLine, plural } from "../base/log.ts";
import { drain, drainedHosts, resume } from "../spool/drain.ts";
import { mustBeThere } from "../spool/enqueue.ts";
import { enteredAt, hostOf, livesOf, nodeNames } from "../spool/nodes.ts";
import { doingOf, runsOf } from "../spool/peers.ts";
import { listFolder, type Spool } from "../spool/spool.ts";
import { actionOf } from "./actions.ts";
import { type Context, noMore, parse, type Verb } from "./context.ts";
import { unserved } from "./unserved.ts";

const verb: Verb = {
  usage: `\
nodes
    The runners of this home on all hosts: whether they live, since when, what they run, how many
    entries they have at work, how many messages they sent in the last minute.
nodes drain HOST
    Runners on this host finish what they have at work and take nothing more, until it is resumed,
    over restarts too.
nodes resume HOST
    They go on.`,
  async run(context, args) {
    const { positionals } = parse(args, {});
    const [action, ...rest] = positionals;
    const act = action === undefined ? show : actionOf(actions, action);
    if (!act)
      throw new Failure(
        exit.usage,
        "nodes takes drain, resume or nothing; see: listmill help nodes",
      );
    mustBeThere(context.spool);
    return act(context, rest);
  },
};
export default verb;

type Act = (context: Context, rest: readonly string[]) => Promise<number>;

interface Row {
  readonly node: string;
  readonly host: string;
  readonly state: "lives" | "drains" | "drained" | "dead";
  readonly since: string;
  /** Seconds since it renewed its lease. */
  readonly renewed: number;
  /** Queues, "*" for all; none for a person's command. */
  readonly runs: readonly string[];
  /** Entries at work, by queue. */
  readonly holds: Readonly<Record<string, number>>;
  /** Messages in the last minute, and how many it may send in one (0: no limit); null where it tells none. */
  readonly sent: number | null;
  readonly rate: number | null;
  /** Seconds by which its host's clock is before the file server's. */
  readonly ahead: number | null;
}

const show: Act = async (context, rest) => {
  noMore(rest, 0);
  const rows = rowsOf(context);
  const { json } = context;
  if (rows.length === 0 && !json) context.say("no runner lives");
  else
    context.table(
      ["node", "state", "since", "runs", "at work", "sends"],
      rows.map((row) => (json ? { ...row } : told(row))),
    );
  if (!json) footnotes(context, rows);
  return exit.ok;
};

function rowsOf({ spool, site }: Context): Row[] {
  const names = nodeNames(spool).sort();
  const drained = drainedHosts(spool);
  const lives = livesOf(spool, names, site.node.stale, hostClock);
  return names.flatMap((node): Row[] => {
    const life = lives.get(node);
    // It has left meanwhile.
    if (!life || life.age === Number.POSITIVE_INFINITY) return [];
    const doing = doingOf(spool, node);
    const holds = heldBy(spool, node);
    const host = hostOf(node);
    const rests = Object.keys(holds).length === 0 ? "drained" : "drains";
    const living = drained.has(host) ? rests : "lives";
    return [
      {
        node,
        host,
        state: life.isDead ? "dead" : living,
        since: new Date(enteredAt(spool, node)).toISOString(),
        renewed: Math.round(life.age / 1000),
        runs: runsOf(spool, node),
        holds,
        sent: doing?.sent ?? null,
        rate: doing?.rate ?? null,
        ahead: doing ? Math.round(doing.ahead / 1000) : null,
      },
    ];
  });
}

function heldBy(spool: Spool, node: string): Record<string, number> {
  const held: Record<string, number> = {};
  for (const queue of spool.queues()) {
    const count = listFolder(spool.claimed(queue, node)).length;
    if (count > 0) held[queue] = count;
  }
  return held;
}

/** A row as people read it. */
function told({ node, state, since, runs, holds, sent, rate, renewed }: Row) {
  const delivers = runs.some((queue) => queue === "*" || queue === "outbound");
  const limit = rate === 0 ? "no limit" : `of ${rate}`;
  return {
    node,
    state: state === "dead" ? `dead, ${renewed} s` : state,
    since: since.slice(0, 19),
    runs: runs.length === 0 ? "a command" : runs.join(" ").replace("*", "all"),
    "at work": Object.entries(holds)
      .map(([queue, count]) => `${queue} ${count}`)
      .join(", "),
    sends: delivers && sent !== null ? `${sent} a minute (${limit})` : "",
  };
}

/** A clock that is further off than this many seconds is told. */
const OFF = 2;

function footnotes(context: Context, rows: readonly Row[]): void {
  const { spool, say, site } = context;
  for (const { node, ahead, state } of rows) {
    if (state === "dead")
      say(
        `${node} is dead: any runner takes over what it had at work at its next scan`,
      );
    if (ahead !== null && Math.abs(ahead) > OFF)
      say(
        `${node}: its clock is ${plural(Math.abs(ahead), "second", "seconds")} ${ahead > 0 ? "ahead of" : "behind"} the file server's`,
      );
  }
  const idle = unserved(context);
  if (idle !== undefined) say(idle);
  const living = new Set(
    rows.filter(({ state }) => state !== "dead").map(({ host }) => host),
  );
  for (const host of drainedHosts(spool))
    if (!living.has(host)) say(`${host} is drained, and no runner of it lives`);
  const quiet = [...site.roles.keys()].filter((host) => !living.has(host));
  if (quiet.length > 0)
    say(`no runner lives on ${quiet.join(", ")}, of which listmill.toml tells`);
}

const actions: Record<string, Act> = {
  async drain(context, rest) {
    const host = hostIn(context, rest);
    const isNew = await drain(context.spool, host);
    const { scan } = context.site.runner;
    report(
      context,
      { host, drained: true },
      isNew
        ? `${host}: its runners take nothing more, within ${plural(scan / 1000, "second", "seconds")}; see when they are done with: listmill nodes`
        : `${host} was drained already`,
    );
    return exit.ok;
  },

  async resume(context, rest) {
    const host = hostIn(context, rest);
    const isNew = await resume(context.spool, host);
    report(
      context,
      { host, drained: false },
      isNew ? `${host}: its runners go on` : `${host} was not drained`,
    );
    return exit.ok;
  },
};

function report(
  { json, say }: Context,
  result: { readonly host: string; readonly drained: boolean },
  words: string,
): void {
  say(json ? JSON.stringify(result) : words);
}

/** Throws Failure where it is none that can be. */
function hostIn({ spool, site }: Context, rest: readonly string[]): string {
  noMore(rest, 1);
  const [host = ""] = rest;
  const known = new Set([
    ...nodeNames(spool).map(hostOf),
    ...site.roles.keys(),
    ...drainedHosts(spool),
  ]);
  if (known.has(host)) return host;
  const there =
    known.size > 0
      ? `there are ${[...known].sort().join(", ")}`
      : "no runner lives";
  throw new Failure(
    exit.usage,
    host === ""
      ? `which host? Give its name; ${there}`
      : `no host "${oneLine(host, 80)}" has a runner or a section [node.HOST]; ${there}`,
  );
}
