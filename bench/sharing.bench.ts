/**
 * One explosion that two runners share, each a process of its own, beside the same with one. The
 * runners are there already when the entry comes; the end is when none of it is left.
 */
import { mkdirSync, readdirSync, renameSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { plural } from "../src/base/log.ts";
import { Home, sentBy } from "./home.ts";
import { median, type Run } from "./measure.ts";
import { onPlace } from "./place.ts";
import { Process } from "./process.ts";
import { cpuOfChildren } from "./programs.ts";
import { sinkMissing, startSink } from "./sink.ts";
import type { Result, Row } from "./table.ts";

const ROUNDS = 3;
const SIZE = 10_240;
const CONNECTIONS = 4;
/** Milliseconds between two looks whether all is delivered. */
const LOOK = 5;

const KINDS = [
  { name: "batched", members: 300_000, setting: "verp=never" },
  { name: "VERP", members: 30_000, setting: "verp=always" },
];

export async function bench(): Promise<Result> {
  const title = `sharing: an explosion on disk and 1 or 2 runners, ${CONNECTIONS} connections each, ${onPlace()}`;
  const skipped = sinkMissing();
  if (skipped !== undefined) return { title, skipped };
  const sink = await startSink();
  const rows: Row[] = [];
  for (const { name, members, setting } of KINDS) {
    const home = await Home.make({ smtp: sink.url, members });
    home.configure({ connections: CONNECTIONS });
    await home.set(setting);
    rows.push(...(await rowsOf(home, name, members)));
    home.remove();
  }
  await sink.stop();
  return { title, rows };
}

async function rowsOf(
  home: Home,
  name: string,
  members: number,
): Promise<Row[]> {
  const alone: Shared[] = [];
  const shared: Shared[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    alone.push(await share(home, 1));
    shared.push(await share(home, 2));
  }
  const row = (runs: Shared[], runners: number) => ({
    name: `${name}, ${plural(runners, "runner", "runners")}`,
    figure: members / median(runs.map(({ seconds }) => seconds)),
    unit: "recipients/s",
    cpu: median(runs.map(({ cpu }) => cpu)),
    count: members,
    memory: median(runs.map(({ memory }) => memory)),
  });
  const one = row(alone, 1);
  return [
    one,
    { ...row(shared, 2), references: { "one runner": one.figure } },
    {
      name: `${name}, what the lazier of two has sent`,
      figure: median(shared.map(({ least }) => least)) * 100,
      unit: "%",
    },
  ];
}

interface Shared extends Run {
  /** The smallest share of the recipients that one of the runners had, up to 1. */
  readonly least: number;
}

async function share(home: Home, runners: number): Promise<Shared> {
  home.post(1, SIZE);
  await home.run(["incoming", "posts"]);
  const queue = join(home.dir, "spool/outbound");
  const aside = join(home.dir, "aside");
  mkdirSync(aside, { recursive: true });
  move(join(queue, "new"), aside);
  const cpu = cpuOfChildren();
  const program = home.runner(["outbound"]);
  const all = Array.from({ length: runners }, () => new Process(program));
  for (const runner of all)
    await runner.prints((text) => /: runs outbound of /.exec(text));
  const from = performance.now();
  move(aside, join(queue, "new"));
  utimesSync(join(queue, "bell"), new Date(), new Date());
  while (!isEmpty(queue) || !isEmpty(queue)) await sleep(LOOK);
  const seconds = (performance.now() - from) / 1000;
  for (const runner of all) await runner.stop();
  const sent = all.map(({ stderr }) => sentBy(stderr));
  const total = sent.reduce((sum, count) => sum + count, 0);
  return {
    seconds,
    cpu: cpu(),
    memory: all.reduce((sum, { peak }) => sum + peak, 0),
    least: Math.min(...sent) / total,
  };
}

function move(from: string, to: string): void {
  for (const name of readdirSync(from))
    renameSync(join(from, name), join(to, name));
}

/** Nothing waits, and no runner has anything; asked twice, for an entry may move meanwhile. */
function isEmpty(queue: string): boolean {
  const folders = ["new", ...readdirSync(join(queue, "cur")).map(claimed)];
  return folders.every((name) => {
    try {
      return readdirSync(join(queue, name)).length === 0;
    } catch {
      return true;
    }
  });
}

function claimed(node: string): string {
  return join("cur", node);
}
