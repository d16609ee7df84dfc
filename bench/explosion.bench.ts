/**
 * One post of 10 KB to a large list, everything switched on, from the MTA's Maildir to smtp-sink: in
 * transactions of 100 recipients, and with a return path for each recipient. Each is timed twice: as a
 * whole, and the delivery alone, for which the explosion lies on disk already and what a runner takes
 * that finds its queue empty is subtracted. The same mail is sent by smtp-source and by the bare loop.
 */
import { plural } from "../src/base/log.ts";
import { diskRow, runDisk } from "./disk.ts";
import { Home, mustHaveSent } from "./home.ts";
import { medianRuns, type Run } from "./measure.ts";
import { peersAt, type Work } from "./peers.ts";
import { onPlace } from "./place.ts";
import { type Sink, sinkMissing, startSink } from "./sink.ts";
import { runBare, runSource } from "./source.ts";
import type { Result, Row } from "./table.ts";

const ROUNDS = 3;
const SIZE = 10_240;
const CONNECTIONS = [1, 4, 16];
const NOTHING: Run = { seconds: 0, cpu: 0, memory: 0 };
const ALONE = "delivery alone, less a start";

interface Kind {
  readonly title: string;
  readonly work: Work;
  readonly members: number;
  /** Recipients of a transaction. */
  readonly most: number;
  readonly setting: string;
}

const KINDS: readonly Kind[] = [
  {
    title: "batched, 100 a transaction",
    work: "batched",
    members: 100_000,
    most: 100,
    setting: "verp=never",
  },
  {
    title: "VERP, a transaction a recipient",
    work: "verp",
    members: 20_000,
    most: 1,
    setting: "verp=always",
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
  const { members, work } = kind;
  const home = await Home.make({ smtp: sink.url, members });
  await home.set(kind.setting);
  const ways = CONNECTIONS.flatMap((connections) => [
    ...waysOf(home, members, connections),
    ...references(kind, sink, connections),
  ]);
  const [empty = NOTHING, disk = NOTHING, ...runs] = await medianRuns(ROUNDS, [
    () => home.run(["outbound"]),
    () => runDisk(home.dir),
    ...ways.map(({ run }) => run),
  ]);
  home.remove();
  const peers = await peersAt(work);
  const spent = runs.map(({ seconds, cpu, memory }, at) => {
    const start = ways[at]?.name === ALONE ? empty : NOTHING;
    return {
      figure: members / (seconds - start.seconds),
      unit: "recipients/s",
      cpu: cpu - start.cpu,
      count: members,
      memory,
    };
  });
  const found = ways.flatMap((way, at) => {
    const row = spent[at];
    return row ? [{ ...way, row }] : [];
  });
  const table = found.map(({ name, connections, isReference, row }) => {
    const beside = found
      .filter((it) => it.isReference && it.connections === connections)
      .map((it) => [it.name, it.row.figure]);
    const references = {
      ...Object.fromEntries(beside),
      ...peers.references,
    };
    return {
      name: `${plural(connections, "connection", "connections")}, ${name}`,
      ...row,
      ...(isReference ? {} : { references }),
    };
  });
  return [...table, ...peers.rows, diskRow(disk)];
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
