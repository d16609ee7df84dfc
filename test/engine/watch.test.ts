import { renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { watch } from "../../src/engine/watch.ts";
import { Spool } from "../../src/spool/spool.ts";
import { until } from "./toy.ts";

async function watching(t: Test, queues: string[]) {
  const spool = new Spool(t.testdir());
  for (const queue of ["incoming", "posts", "other"]) spool.make(queue);
  const news: string[] = [];
  const eyes = watch(spool, queues, (queue) => news.push(queue));
  t.teardown(() => eyes.close());
  await until("the watch stands", () => queues.every((q) => news.includes(q)));
  // Rings until one is heard, so that the last echo of the beginning is over.
  const settle = async () => {
    let heard: number;
    do {
      heard = news.length;
      await new Promise((resolve) => setTimeout(resolve, 20));
    } while (news.length > heard);
    news.length = 0;
  };
  await settle();
  return { spool, news, eyes, settle };
}

t.test("a bell is heard, and only that queue is named", async (t) => {
  const { spool, news } = await watching(t, ["posts", "other"]);
  spool.ring("posts");
  await until("it is heard", () => news.length > 0);
  t.ok(news.every((queue) => queue === "posts"));
});

t.test("each ring is heard, however soon after another", async (t) => {
  const { spool, news, settle } = await watching(t, ["posts"]);
  for (let round = 0; round < 20; round += 1) {
    spool.ring("posts");
    await until("the first is heard", () => news.length > 0);
    news.length = 0;
    spool.ring("posts");
    await until("the second is heard", () => news.length > 0);
    await settle();
  }
});

t.test(
  "a file in the front door is noticed, in other queues only the bell",
  async (t) => {
    const { spool, news } = await watching(t, ["incoming", "posts"]);
    for (const queue of ["posts", "incoming"]) {
      const draft = join(spool.writing(queue), "1.M1.host");
      writeFileSync(draft, "x");
      renameSync(draft, join(spool.waiting(queue), "1.M1.host"));
    }
    await until("it is noticed", () => news.length > 0);
    t.ok(news.every((queue) => queue === "incoming"));
  },
);

t.test("who does not work at the front door does not watch it", async (t) => {
  const { spool, news } = await watching(t, ["posts"]);
  writeFileSync(join(spool.waiting("incoming"), "1.M1.host"), "x");
  spool.ring("posts");
  await until("the bell is heard", () => news.length > 0);
  t.ok(news.every((queue) => queue === "posts"));
});
