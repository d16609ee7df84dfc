/**
 * One post to a million members: how soon the first has it, how much memory and disk it takes, and how
 * long. The runner is started when the post is there, so what it needs to start is part of it.
 */
import { existsSync, watch } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { ClockedSink } from "./clocked.ts";
import { type Home, mustHaveSent } from "./home.ts";
import { median } from "./measure.ts";
import { MILLION, million } from "./million.ts";
import { onPlace } from "./place.ts";
import { Process } from "./process.ts";
import { sinkMissing, startSink } from "./sink.ts";
import type { Result, Row } from "./table.ts";

const ROUNDS = 3;
const SIZE = 10_240;
const CONNECTIONS = 16;
/** Milliseconds between two looks at the disk. */
const LOOK = 250;

export async function bench(): Promise<Result> {
  const title = `scale: a post of 10 KB to ${MILLION.toLocaleString("en")} members, ${CONNECTIONS} connections, ${onPlace()}`;
  const skipped = sinkMissing();
  if (skipped !== undefined) return { title, skipped };
  const home = await million();
  const batched = await rowsOf(home, "batched");
  await home.set("verp=always");
  const verp = await rowsOf(home, "VERP");
  await home.set("verp=never");
  return { title, rows: [...batched, ...verp] };
}

async function rowsOf(home: Home, manner: string): Promise<Row[]> {
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1)
    times.push(await untilFirst(home));
  const { seconds, cpu, memory, disk } = await whole(home);
  return [
    {
      name: `${manner}, first delivery after the start of the runner`,
      figure: median(times.map(({ start }) => start)),
      unit: "s",
    },
    {
      name: `${manner}, first delivery after the post was taken`,
      figure: median(times.map(({ taken }) => taken)),
      unit: "s",
    },
    {
      name: `${manner}, the whole run`,
      figure: MILLION / seconds,
      unit: "recipients/s",
      cpu,
      count: MILLION,
      memory,
    },
    {
      name: `${manner}, disk at its highest, roster left out`,
      figure: disk / MILLION,
      unit: "bytes a recipient",
    },
  ];
}

/** @returns seconds from both moments until the first message is delivered */
async function untilFirst(
  home: Home,
): Promise<{ start: number; taken: number }> {
  const sink = await ClockedSink.start("nobody.example");
  home.configure({ connections: CONNECTIONS }, sink.url);
  home.post(1, SIZE);
  const leaving = leaves(join(home.dir, "spool/incoming/new"));
  const start = Date.now();
  const runner = new Process(home.runner());
  try {
    const first = await Promise.race([sink.first(), runner.ended]);
    if (first === undefined) throw new Error("the runner has ended");
    const taken = await leaving;
    return { start: (first - start) / 1000, taken: (first - taken) / 1000 };
  } finally {
    runner.kill();
    await runner.ended.catch(() => {});
    sink.stop();
    home.empty();
  }
}

/** When the one file of a folder leaves it, in milliseconds since 1970. */
function leaves(folder: string): Promise<number> {
  return new Promise((resolve) => {
    const watcher = watch(folder, (_, name) => {
      if (name === null || existsSync(join(folder, name))) return;
      watcher.close();
      resolve(Date.now());
    });
  });
}

async function whole(home: Home) {
  const sink = await startSink();
  home.configure({ connections: CONNECTIONS }, sink.url);
  const before = home.usage;
  home.post(1, SIZE);
  const running = home.run();
  const ended = running.then(
    () => true,
    () => true,
  );
  let disk = 0;
  while (!(await Promise.race([ended, sleep(LOOK, false)])))
    disk = Math.max(disk, home.usage - before);
  try {
    return { ...mustHaveSent(await running, MILLION), disk };
  } finally {
    await sink.stop();
  }
}
