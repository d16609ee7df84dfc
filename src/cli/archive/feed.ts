/** `archive feed`: stored posts for a consumer, once more or for the first time. */
import { statSync } from "node:fs";
import { findPost } from "../../archive/tombstones.ts";
import { exit, Failure } from "../../base/errors.ts";
import { plural } from "../../base/log.ts";
import { isSetUp } from "../../lists/consumers.ts";
import { extended } from "../../lists/marks.ts";
import { enqueue, mustBeThere } from "../../spool/enqueue.ts";
import { freshName } from "../../spool/name.ts";
import type { Order } from "../archive.ts";
import { hookQueues } from "../hookqueues.ts";
import { Meter } from "../meter.ts";
import { archiveDirOf } from "./catalogue.ts";
import { mustBeSome, numbersIn, rangesOf } from "./numbers.ts";

export async function feed(order: Order): Promise<number> {
  const { context, list, rest } = order;
  const { site, spool, clock } = context;
  const [name, ...typed] = rest;
  const queue = queueOf(order, name);
  const dir = archiveDirOf(order);
  const numbers = [...numbersIn(dir, rangesOf(typed))];
  mustBeThere(spool);
  spool.make(queue);
  const meter = new Meter(clock, "post", "posts", numbers.length);
  let count = 0;
  try {
    for (const number of numbers) {
      meter.add(1);
      const content = findPost(dir, number);
      if (!content) continue;
      const now = clock.now();
      await enqueue(spool, {
        queue,
        name: freshName(now),
        envelope: {
          sender: "",
          recipient: extended(site, list, "archive"),
          list: list.address,
          extension: "archive",
          origin: "operator",
          // Consumers sort by when it came.
          received: statSync(content.path).mtime.toISOString(),
          history: [],
          number,
        },
        message: content.path,
      });
      count += 1;
    }
  } finally {
    meter.wipe();
  }
  mustBeSome(list.address, count > 0);
  context.say(
    context.json
      ? JSON.stringify({ list: list.address, queue, posts: count })
      : `${list.address}: ${plural(count, "post", "posts")} put into ${queue}`,
  );
  return exit.ok;
}

/** The queue of a consumer. Throws Failure 64 where there is none that is on. */
function queueOf({ context }: Order, name: string | undefined): string {
  const queues = hookQueues(context).filter((queue) =>
    queue.startsWith("archive-"),
  );
  const names = queues.map((queue) => queue.slice("archive-".length));
  const queue = `archive-${name?.replace(/^archive-/, "")}`;
  if (name !== undefined && queues.includes(queue)) return queue;
  if (name !== undefined && !isSetUp(context.site, queue))
    throw new Failure(
      exit.usage,
      `${name} is off: set [archive.${name.replaceAll("-", "_")}] in listmill.toml`,
    );
  throw new Failure(
    exit.usage,
    names.length === 0
      ? "archive feed: no consumer is on; see docs/archive.md"
      : `archive feed takes one of ${names.join(", ")}`,
  );
}
