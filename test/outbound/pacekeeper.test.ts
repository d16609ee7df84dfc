import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { systemClock } from "../../src/base/clock.ts";
import { parseRecord } from "../../src/outbound/pace.ts";
import { Pacekeeper } from "../../src/outbound/pacekeeper.ts";

t.test("what is granted is on disk before it is sent", async (t) => {
  const path = join(t.testdir(), "pace.json");
  const keeper = new Pacekeeper(path, 600, systemClock);
  t.equal(keeper.portion(100), 10);
  const grant = await keeper.take(10);
  t.equal(parseRecord(readFileSync(path, "utf8"))?.inFlight, 10);
  keeper.done(grant);
  await keeper.close();
  const last = parseRecord(readFileSync(path, "utf8"));
  t.match(last, { inFlight: 0, reserve: 0 });
  t.equal(last?.past[0]?.[1], 10);
});

t.test("a restart goes on where the pace was", async (t) => {
  const path = join(t.testdir(), "pace.json");
  const first = new Pacekeeper(path, 1, systemClock);
  first.done(await first.take(1));
  const second = new Pacekeeper(path, 1, systemClock);
  const signal = AbortSignal.timeout(20);
  await t.rejects(second.take(1, signal), { name: "TimeoutError" });
});

t.test("an unreadable file counts as a minute's worth just sent", async (t) => {
  const path = join(t.testdir(), "pace.json");
  writeFileSync(path, "gone");
  const keeper = new Pacekeeper(path, 1000, systemClock);
  const signal = AbortSignal.timeout(20);
  await t.rejects(keeper.take(1, signal), { name: "TimeoutError" });
});

t.test("a record that cannot be written grants nothing", async (t) => {
  const path = join(t.testdir(), "missing", "pace.json");
  const keeper = new Pacekeeper(path, 1000, systemClock);
  await t.rejects(keeper.take(1), { code: "ENOENT" });
  await t.rejects(keeper.take(1), { code: "ENOENT" });
});

t.test(
  "takers are served in order, and one that leaves lets the next on",
  async (t) => {
    const path = join(t.testdir(), "pace.json");
    const keeper = new Pacekeeper(path, 60_000, systemClock);
    const order: number[] = [];
    const leaving = new AbortController();
    const takers = [0, 1, 2, 3].map(async (number) => {
      const grant = await keeper.take(
        500,
        number === 1 ? leaving.signal : undefined,
      );
      order.push(number);
      keeper.done(grant);
    });
    leaving.abort(new Error("left"));
    const ended = await Promise.allSettled(takers);
    t.same(order, [0, 2, 3]);
    t.equal(ended[1]?.status, "rejected");
  },
);

t.test("something given back wakes the one who waits for room", async (t) => {
  let now = 1_000_000;
  const path = join(t.testdir(), "pace.json");
  const keeper = new Pacekeeper(path, 600, { now: () => now });
  const grant = await keeper.take(600);
  now += 61_000;
  const waiting = keeper.take(1, AbortSignal.timeout(10_000));
  setImmediate(() => keeper.done(grant, 0));
  t.same(await waiting, { count: 1 });
});

t.test("without a limit no file is made", async (t) => {
  const folder = t.testdir();
  const keeper = new Pacekeeper(join(folder, "pace.json"), 0, systemClock);
  for (let i = 0; i < 100; i++) keeper.done(await keeper.take(1000));
  await keeper.close();
  t.throws(() => readFileSync(join(folder, "pace.json")), { code: "ENOENT" });
});
