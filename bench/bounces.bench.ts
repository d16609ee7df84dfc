/**
 * Bounces as a mail system sends them after a post to very many: how many of them one runner judges in a
 * second, and how long posts to ten members take while they come, beside the same with nothing else to do.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { remember, reports } from "./bouncing.ts";
import { ClockedSink } from "./clocked.ts";
import { diskRow, runDisk } from "./disk.ts";
import { Home } from "./home.ts";
import { median, medianRuns } from "./measure.ts";
import { onPlace } from "./place.ts";
import { Process } from "./process.ts";
import type { Result } from "./table.ts";

const ROUNDS = 3;
const MEMBERS = 100_000;
const BOUNCES = 2000;
/** A hundred thousand in an hour. */
const WANTED = 100_000 / 3600;
/** Bounces that wait while posts are measured, more than are judged meanwhile; and others come. */
const FLOOD = 10_000;
/** Milliseconds between two that come. */
const PACE = 1000 / WANTED;
const POSTS = 20;
const READERS = 10;
const SIZE = 10_240;
const SMALL = "small@lists.example";
const DOMAIN = "small.example";

export async function* bench(): AsyncGenerator<Result> {
  const home = await Home.make({ members: MEMBERS });
  await home.list(SMALL, READERS, DOMAIN);
  await remember(home, MEMBERS);
  yield await speed(home);
  yield await beside(home);
  home.remove();
}

async function speed(home: Home): Promise<Result> {
  const few = await reports(home, BOUNCES);
  const [disk, empty, all] = await medianRuns(ROUNDS, [
    () => runDisk(home.dir),
    () => home.run(),
    async () => {
      few();
      return home.run();
    },
  ]);
  const title = `bounces: ${BOUNCES} reports to signed return paths of a list of ${MEMBERS.toLocaleString("en")} who all had one before, 1 runner, ${onPlace()}`;
  if (!disk || !empty || !all) return { title, rows: [] };
  return {
    title,
    rows: [
      {
        name: "read, kept, noted, judged; less a start",
        figure: BOUNCES / (all.seconds - empty.seconds),
        unit: "bounces/s",
        cpu: all.cpu - empty.cpu,
        count: BOUNCES,
        memory: all.memory,
        references: { "100,000 in an hour": WANTED },
      },
      diskRow(disk),
    ],
  };
}

async function beside(home: Home): Promise<Result> {
  const alone = await seconds(home, 0);
  const busy = await seconds(home, FLOOD);
  const name = `until the last of ${READERS} members has a post`;
  return {
    title: `posts while ${FLOOD.toLocaleString("en")} bounces wait and 100,000 an hour come: ${POSTS} posts of 10 KB, one after the other, 1 runner, ${onPlace()}`,
    rows: [
      {
        name: `${name}, median`,
        figure: median(busy) * 1000,
        unit: "ms",
        references: { "nothing else to do": median(alone) * 1000 },
      },
      {
        name: "the slowest",
        figure: Math.max(...busy) * 1000,
        unit: "ms",
        references: { "nothing else to do": Math.max(...alone) * 1000 },
      },
      {
        name: "nothing else to do, median",
        figure: median(alone) * 1000,
        unit: "ms",
      },
    ],
  };
}

/** @returns of each post, until its last delivery */
async function seconds(home: Home, flood: number): Promise<number[]> {
  const sink = await ClockedSink.start(DOMAIN);
  home.configure({ connections: 4 }, sink.url);
  if (flood > 0) {
    (await reports(home, flood))();
    await home.run(["incoming"]);
  }
  const one = await reports(home, 1);
  const coming = flood > 0 ? setInterval(one, PACE) : undefined;
  const runner = new Process(home.runner());
  try {
    if (flood > 0)
      await runner.prints((text) => /bounces\/\S+ .*: hard/.exec(text));
    else await runner.prints((text) => /: runs /.exec(text));
    const found: number[] = [];
    for (let posted = 1; posted <= POSTS; posted += 1) {
      const from = Date.now();
      home.post(1, SIZE, SMALL);
      const last = await Promise.race([
        sink.noted(posted * READERS),
        runner.ended,
      ]);
      if (last === undefined) throw new Error("the runner has ended");
      found.push((last - from) / 1000);
      await sleep(100);
    }
    if (flood > 0 && home.waiting("bounces") === 0)
      throw new Error("the bounces were judged before the posts were through");
    return found;
  } finally {
    clearInterval(coming);
    runner.kill();
    await runner.ended.catch(() => {});
    sink.stop();
    home.empty();
  }
}
