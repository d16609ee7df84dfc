/**
 * Many posts of 10 KB to a list of ten, from the MTA's Maildir to smtp-sink, archive copy included, all
 * that must be synced synced: posts a second until the last is through. smtp-source brings the same
 * mail into the same sink in one step.
 */
import { existsSync } from "node:fs";
import { diskRow, runDisk } from "./disk.ts";
import { Home, mustHaveSent } from "./home.ts";
import { medianRuns, type Run } from "./measure.ts";
import { peersAt } from "./peers.ts";
import { onPlace } from "./place.ts";
import { type Sink, sinkMissing, startSink } from "./sink.ts";
import { runSource } from "./source.ts";
import type { Result, Row } from "./table.ts";

const ROUNDS = 3;
const SIZE = 10_240;
const POSTS = 500;
const MEMBERS = 10;
const CONNECTIONS = 4;
const MEMORY = "/dev/shm";

export async function bench(): Promise<Result> {
  const title = `posts: ${POSTS} of 10 KB to ${MEMBERS} members, ${onPlace()}`;
  const skipped = sinkMissing();
  if (skipped !== undefined) return { title, skipped };
  const sink = await startSink();
  try {
    return { title, rows: await rows(sink) };
  } finally {
    await sink.stop();
  }
}

interface Way {
  readonly name: string;
  readonly home: Home;
  readonly runners: number;
}

async function rows(sink: Sink): Promise<Row[]> {
  const make = { smtp: sink.url, members: MEMBERS };
  const home = await Home.make(make);
  const shells = await Home.make(make);
  shells.addShellHooks(5);
  const ways: Way[] = [
    { name: "1 runner", home, runners: 1 },
    { name: "2 runners", home, runners: 2 },
    { name: "1 runner, and 5 shell hooks", home: shells, runners: 1 },
  ];
  if (existsSync(MEMORY)) {
    const fast = await Home.make({ ...make, root: MEMORY });
    ways.push({ name: `1 runner, home on ${MEMORY}`, home: fast, runners: 1 });
    ways.push({ name: `2 runners, home on ${MEMORY}`, home: fast, runners: 2 });
  }
  for (const { home } of ways) home.configure({ connections: CONNECTIONS });
  const load = {
    messages: POSTS,
    recipients: MEMBERS,
    size: SIZE,
    connections: CONNECTIONS,
  };
  const [disk, empty, two, source, ...runs] = await medianRuns(ROUNDS, [
    () => runDisk(home.dir),
    () => home.run(),
    () => home.run([], 2),
    () => runSource(sink, load),
    ...ways.map((way) => () => posts(way)),
  ]);
  for (const { home } of ways) home.remove();
  if (!disk || !empty || !two || !source) return [];
  const peers = await peersAt("posts");
  const sources = { "smtp-source": POSTS / source.seconds };
  const row = (name: string, { seconds, cpu, memory }: Run) => ({
    name,
    figure: POSTS / seconds,
    unit: "posts/s",
    cpu,
    count: POSTS,
    memory,
  });
  const ours = ways.flatMap(({ name, runners }, at) => {
    const run = runs[at];
    if (!run) return [];
    const start = runners === 1 ? empty : two;
    const spared = {
      ...run,
      seconds: run.seconds - start.seconds,
      cpu: run.cpu - start.cpu,
    };
    const references = { ...sources, ...peers.references };
    return [{ ...row(`${name}, less a start`, spared), references }];
  });
  return [...ours, row("smtp-source", source), ...peers.rows, diskRow(disk)];
}

async function posts({ home, runners }: Way): Promise<Run> {
  home.post(POSTS, SIZE);
  return mustHaveSent(await home.run([], runners), POSTS * MEMBERS);
}
