/**
 * Many posts to an archive alone, and then to an archive with three consumers: RabbitMQ, Redis and a
 * script, of which Redis is started only when half of the posts are stored. Nothing may be lost. How
 * many a second are stored, and how many have come to the last consumer.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type ChannelModel, connect } from "amqplib";
import { lastOf } from "../src/archive/retrieve.ts";
import { call, freePort, needServers, Servers } from "../test/road/servers.ts";
import { atEnd } from "./ending.ts";
import { Home, LIST } from "./home.ts";
import { onPlace } from "./place.ts";
import { Process } from "./process.ts";
import { cpuOfChildren } from "./programs.ts";
import type { Result, Row } from "./table.ts";

const POSTS = 10_000;
const SIZE = 2048;
/** Milliseconds between two looks. */
const LOOK = 200;
const QUEUE = "bench";

const mill = ["incoming", "posts", "archive"];
const streams = ["archive-amqp", "archive-redis", "archive-script"];

export async function bench(): Promise<Result> {
  const title = `consumers: ${POSTS.toLocaleString("en")} posts of 2 KB, one of three consumers down for the first half, ${onPlace()}`;
  const reasons: string[] = [];
  const t = {
    fail: (reason?: unknown) => reasons.push(String(reason)),
    pass: (reason?: unknown) => reasons.push(String(reason)),
    teardown: (act: () => void) => atEnd(act),
  };
  if (!needServers(t as never, "rabbitmq", "redis"))
    return { title, skipped: reasons.join() };
  return { title, rows: await rows(new Servers(t as never)) };
}

/** How a run of all posts went. */
interface Took {
  /** Seconds until the last one was stored, and until all consumers had it. */
  readonly stored: number;
  readonly through: number;
  readonly cpu: number;
  readonly memory: number;
}

async function rows(servers: Servers): Promise<Row[]> {
  const alone = await run(await Home.make({}), mill, () => {});
  const rabbit = await freePort();
  const redis = await freePort();
  servers.bash('start_rabbitmq "$1" "$2"', [
    join(servers.dir, "rabbit"),
    `${rabbit}`,
  ]);
  const model = await bound(rabbit);
  const home = await Home.make({});
  const seen = addConsumers(home, rabbit, redis);
  let isUp = false;
  const all = await run(home, [...mill, ...streams], (stored) => {
    if (isUp || stored < POSTS / 2) return;
    isUp = true;
    servers.bash('start_redis "$1" "$2"', [
      join(servers.dir, "redis"),
      `${redis}`,
    ]);
  });
  const ids = {
    rabbitmq: await drained(model),
    redis: inStream(redis),
    script: readFileSync(seen, "utf8").trim().split("\n"),
  };
  await model.close();
  const counts = Object.entries(ids).map(([name, those]): Row[] => [
    {
      name: `${name}: posts that are missing`,
      figure: POSTS - new Set(those).size,
      unit: "posts",
    },
    {
      name: `${name}: that came more than once`,
      figure: those.length - new Set(those).size,
      unit: "posts",
    },
  ]);
  const row = (name: string, seconds: number, { cpu, memory }: Took) => ({
    ...{ name, figure: POSTS / seconds, unit: "posts/s" },
    ...{ cpu, count: POSTS, memory },
  });
  const references = { alone: POSTS / alone.stored };
  return [
    row("stored, no consumer", alone.stored, alone),
    { ...row("stored, three consumers", all.stored, all), references },
    { ...row("and through to all three", all.through, all), references },
    ...counts.flat(),
  ];
}

/** Runs until nothing is left. @param look told now and then how many are stored */
async function run(
  home: Home,
  queues: readonly string[],
  look: (stored: number) => void,
): Promise<Took> {
  home.post(POSTS, SIZE);
  const cpu = cpuOfChildren();
  const from = performance.now();
  const seconds = () => (performance.now() - from) / 1000;
  const runner = new Process(home.runner(queues));
  let stored: number | undefined;
  const archive = join(home.dir, "archive", LIST);
  for (;;) {
    const count = lastOf(archive);
    look(count);
    if (count === POSTS) stored ??= seconds();
    if (stored !== undefined && home.entries(queues) === 0) break;
    await Promise.race([sleep(LOOK), runner.ended]);
  }
  const through = seconds();
  await runner.stop();
  return { stored, through, cpu: cpu(), memory: runner.peak };
}

/** @returns the file in which the script notes what it got */
function addConsumers(home: Home, rabbit: number, redis: number): string {
  const file = join(home.dir, "listmill.toml");
  writeFileSync(
    file,
    `${readFileSync(file, "utf8")}
[archive.amqp]
url = "amqp://127.0.0.1:${rabbit}"
[archive.redis]
url = "redis://127.0.0.1:${redis}"
keep = 0
`,
  );
  const folder = join(home.dir, "hooks.d/archive-script/10-consume");
  const seen = join(home.dir, "seen");
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "10-note"),
    `#!/bin/sh\necho "$LISTMILL_LIST/$LISTMILL_NUMBER" >> ${seen}\n`,
    { mode: 0o755 },
  );
  return seen;
}

async function bound(port: number): Promise<ChannelModel> {
  const model = await connect(`amqp://127.0.0.1:${port}`);
  const channel = await model.createChannel();
  await channel.assertExchange("listmill", "topic", { durable: true });
  await channel.assertQueue(QUEUE, { durable: true });
  await channel.bindQueue(QUEUE, "listmill", "#.post");
  await channel.close();
  return model;
}

/** The ids of all messages of the queue. */
async function drained(model: ChannelModel): Promise<string[]> {
  const channel = await model.createChannel();
  const ids: string[] = [];
  for (;;) {
    const message = await channel.get(QUEUE, { noAck: true });
    if (!message) return ids;
    ids.push(`${message.properties.messageId}`);
  }
}

function inStream(port: number): string[] {
  const script =
    "local ids = {}; for _, e in ipairs(redis.call('XRANGE', KEYS[1], '-', '+')) do ids[#ids + 1] = e[2][2] end; return ids";
  const args = ["-p", `${port}`, "eval", script, "1", "listmill"];
  return call("redis-cli", args).trim().split("\n");
}
