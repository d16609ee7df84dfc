/**
 * A post to ten members while an explosion to a million is under way at a limit of messages a minute:
 * how long until the tenth has it. Several are posted, one after the other, for the explosion may have
 * used up the minute's messages. Beside it the same with nothing else to do.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { ClockedSink } from "./clocked.ts";
import type { Home } from "./home.ts";
import { median } from "./measure.ts";
import { MILLION, million } from "./million.ts";
import { onPlace } from "./place.ts";
import { Process } from "./process.ts";
import type { Result } from "./table.ts";

const SIZE = 10_240;
const RATE = 10_000;
const MEMBERS = 10;
const POSTS = 4;
/** Milliseconds from one post to the next. */
const PAUSE = 5000;
const SMALL = "small@lists.example";
const DOMAIN = "small.example";

export async function bench(): Promise<Result> {
  const title = `fairness: a post to ${MEMBERS} members while one goes to ${MILLION.toLocaleString("en")} at ${RATE.toLocaleString("en")} a minute, ${onPlace()}`;
  const home = await million();
  await home.list(SMALL, MEMBERS, DOMAIN);
  const alone = await seconds(home, false);
  const beside = await seconds(home, true);
  const name = (what: string) =>
    `until the last of the ${MEMBERS} has it, ${what}`;
  const references = { "nothing else to do": median(alone) };
  return {
    title,
    rows: [
      {
        name: name(`median of ${POSTS} posts`),
        figure: median(beside),
        unit: "s",
        references,
      },
      { name: name("the slowest"), figure: Math.max(...beside), unit: "s" },
      {
        name: name("nothing else to do"),
        figure: median(alone),
        unit: "s",
      },
    ],
  };
}

/** @returns of each post, until its last delivery */
async function seconds(home: Home, isBusy: boolean): Promise<number[]> {
  const sink = await ClockedSink.start(DOMAIN);
  home.configure({ rate: RATE, connections: 4 }, sink.url);
  if (isBusy) home.post(1, SIZE);
  const runner = new Process(home.runner());
  try {
    if (isBusy) await Promise.race([sink.first(), runner.ended]);
    else await runner.prints((text) => /: runs /.exec(text));
    const found: number[] = [];
    for (let posted = 1; posted <= POSTS; posted += 1) {
      const from = Date.now();
      home.post(1, SIZE, SMALL);
      const last = await Promise.race([
        sink.noted(posted * MEMBERS),
        runner.ended,
      ]);
      if (last === undefined) throw new Error("the runner has ended");
      found.push((last - from) / 1000);
      if (isBusy) await sleep(from + PAUSE - Date.now());
    }
    return found;
  } finally {
    runner.kill();
    await runner.ended.catch(() => {});
    sink.stop();
    home.empty();
  }
}
