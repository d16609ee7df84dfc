/**
 * One post of 10 KB to a large list, everything switched on, from the MTA's Maildir to smtp-sink: in
 * transactions of 100 recipients, and with a return path for each recipient. Each is timed twice: as a
 * whole, and the delivery alone, for which the explosion lies on disk already and what a runner takes
 * that finds its queue empty is subtracted. The same mail is sent by smtp-source and by the bare loop.
 */
import { plural } from "../src/base/log.ts";
import { Home, LIST, mustHaveSent } from "./home.ts";
import { medianRuns, type Run } from "./measure.ts";
import { peersAt, type Work } from "./peers.ts";
import { onPlace } from "./place.ts";
import { type Sink, sinkMissing, startSink } from "./sink.ts";
import { runBare, runSource } from "./source.ts";
import type { Result, Row } from "./table.ts";

const ROUNDS = 3;
const SIZE = 10_240;
const CONNECTIONS = [1, 4, 16];
const ALONE = "delivery alone, less a start";

interface Kind {
  readonly title: string;
  readonly work: Work;
  readonly members: number;
  /** Recipients of a transaction. */
  readonly most: number;
  readonly settings: readonly string[];
}

const KINDS: readonly Kind[] = [
  {
    title: "batched, 100 a transaction",
    work: "batched",
    members: 100_000,
    most: 100,
    settings: ["post=anyone"],
  },
  {
    title: "VERP, a transaction a recipient",
    work: "verp",
    members: 20_000,
    most: 1,
    settings: ["verp=always"],
  },
];

export async function* bench(): AsyncGenerator<Result> {
  for (const kind of KINDS) {
    const count = kind.members.toLocaleString("en");
    const title = `explosion, ${kind.title}: a post of 10 KB to ${count} members, ${onPlace()}`;
    const skipped = sinkMissing();
    if (skipped !== undefined) {
      yield { title, skipped };
      continue;
    }
    const sink = await startSink();
    try {
      yield { title, rows: await rows(kind, sink) };
    } finally {
      await sink.stop();
    }
  }
}

/** Something that sends the mail over so many connections. */
interface Way {
  readonly name: string;
  readonly connections: number;
  readonly isReference: boolean;
  readonly run: () => Promise<Run>;
}

async function rows(kind: Kind, sink: Sink): Promise<Row[]> {
  const home = await homeFor(kind, sink);
  const ways = CONNECTIONS.flatMap((connections) => [
    ...("skipped" in home ? [] : waysOf(home, kind.members, connections)),
    ...references(kind, sink, connections),
  ]);
  const [empty, ...runs] = await medianRuns(ROUNDS, [
    "skipped" in home ? nothing : () => home.run(["outbound"]),
    ...ways.map(({ run }) => run),
  ]);
  if (!("skipped" in home)) home.remove();
  const peers = await peersAt(kind.work);
  const rates = runs.map(({ seconds }, at) =>
    ways[at]?.name === ALONE
      ? kind.members / (seconds - (empty?.seconds ?? 0))
      : kind.members / seconds,
  );
  const table = ways.map(({ name, connections, isReference }, at): Row => {
    const spared = name === ALONE ? (empty?.cpu ?? 0) : 0;
    const beside = ways.flatMap((way, other) =>
      way.isReference && way.connections === connections
        ? [[way.name, rates[other] ?? 0] as const]
        : [],
    );
    return {
      name: `${plural(connections, "connection", "connections")}, ${name}`,
      figure: rates[at] ?? 0,
      unit: "recipients/s",
      cpu: (runs[at]?.cpu ?? 0) - spared,
      count: kind.members,
      memory: runs[at]?.memory ?? 0,
      ...(isReference
        ? {}
        : {
            references: { ...Object.fromEntries(beside), ...peers.references },
          }),
    };
  });
  const skip = "skipped" in home ? [{ name: "listmill", ...home }] : [];
  return [...skip, ...table, ...peers.rows];
}

function waysOf(home: Home, members: number, connections: number): Way[] {
  const prepare = () => {
    home.configure({ connections });
    home.post(1, SIZE);
  };
  const alone = async () => {
    prepare();
    await home.run(["incoming", "posts"]);
    return mustHaveSent(await home.run(["outbound"]), members);
  };
  const whole = async () => {
    prepare();
    return mustHaveSent(await home.run(), members);
  };
  const common = { connections, isReference: false };
  return [
    { ...common, name: ALONE, run: alone },
    { ...common, name: "the whole run, its start included", run: whole },
  ];
}

function references(kind: Kind, sink: Sink, connections: number): Way[] {
  const { members, most } = kind;
  const messages = members / most;
  const load = { messages, recipients: most, size: SIZE, connections };
  const common = { connections, isReference: true };
  return [
    { ...common, name: "smtp-source", run: () => runSource(sink, load) },
    { ...common, name: "bare", run: () => runBare(sink, load) },
  ];
}

async function nothing(): Promise<Run> {
  return { seconds: 0, cpu: 0, memory: 0 };
}

/** @returns a reason where this list manager does not know one of the settings */
async function homeFor(
  { members, settings }: Kind,
  sink: Sink,
): Promise<Home | { skipped: string }> {
  const home = await Home.make({ smtp: sink.url, members });
  const skipped = await home.refuses(LIST, settings);
  if (skipped === undefined) return home;
  home.remove();
  return { skipped };
}
