import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { Grant } from "../../../src/outbound/pace/allowance.ts";
import { Limits } from "../../../src/outbound/pace/limits.ts";
import { parseRecord } from "../../../src/outbound/pace/record.ts";

const START = Date.UTC(2026, 0, 1);

/** Limits with a clock that a test sets. */
function make(t: Test, rate: number, file = join(t.testdir(), "pace.json")) {
  const clock = { at: START, now: () => clock.at };
  const limits = new Limits({ file, rate }, clock);
  const taken = (count: number): Grant => {
    const answer = limits.take(count, "");
    if ("grant" in answer) return answer.grant;
    throw new Error(`${answer.limit} for ${answer.wait} ms`);
  };
  const onDisk = () => parseRecord(readFileSync(file, "utf8"))?.windows.rate;
  return { file, clock, limits, taken, onDisk };
}

t.test("what is granted is on disk once it is recorded", async (t) => {
  const { limits, taken, onDisk } = make(t, 600);
  t.equal(limits.portion(100, ""), 10);
  const grant = taken(10);
  t.ok(limits.recordDue);
  await limits.record();
  t.notOk(limits.recordDue);
  t.match(onDisk(), { inFlight: 10, reserve: 10 });
  limits.done(grant);
  await limits.close();
  t.same(onDisk(), {
    past: [[START + 200, 10]],
    inFlight: 0,
    reserve: 0,
  });
});

t.test("records are written once a second, not once a message", async (t) => {
  const { clock, limits, taken } = make(t, 600);
  let records = 0;
  for (let i = 0; i < 100; i += 1) {
    const grant = taken(1);
    if (limits.recordDue) {
      records += 1;
      await limits.record();
    }
    limits.done(grant);
    clock.at += 100;
  }
  t.ok(records >= 9 && records <= 11, `${records} in 10 s`);
});

t.test("who waits for the disk waits for a record with it", async (t) => {
  const { clock, limits, taken, onDisk } = make(t, 60_000);
  taken(1);
  const first = limits.record();
  taken(150);
  const second = limits.record();
  await first;
  t.equal(onDisk()?.inFlight, 1);
  await second;
  t.equal(onDisk()?.inFlight, 1, "in the reserve of the first");
  for (let i = 0; i < 6; i += 1) {
    clock.at += 150;
    taken(150);
  }
  const third = limits.record();
  clock.at += 1000;
  taken(1000);
  clock.at += 1000;
  taken(20);
  await Promise.all([third, limits.record()]);
  t.equal(onDisk()?.inFlight, 2071, "not in that of the third");
});

t.test("a restart goes on where the pace was", async (t) => {
  const { file, limits, taken } = make(t, 1);
  const grant = taken(1);
  await limits.record();
  limits.done(grant);
  t.match(make(t, 1, file).limits.take(1, ""), { limit: "rate" });
});

t.test("an unreadable file is a minute's worth just sent", async (t) => {
  const file = join(t.testdir(), "pace.json");
  writeFileSync(file, "gone");
  const { clock, limits } = make(t, 1000, file);
  t.match(limits.take(1, ""), { limit: "rate" });
  clock.at += 60_201;
  t.hasProp(limits.take(1, ""), "grant");
  t.match(make(t, 1000, t.testdirName).limits.take(1, ""), { limit: "rate" });
});

t.test("a record that cannot be written is due still", async (t) => {
  const folder = t.testdir();
  const { limits, taken } = make(t, 1000, join(folder, "pace.json"));
  rmSync(folder, { recursive: true });
  const grant = taken(1);
  await t.rejects(limits.record(), { code: "ENOENT" });
  t.ok(limits.recordDue);
  limits.done(grant, 0);
  await t.rejects(limits.close(), { code: "ENOENT" });
});

t.test("without a limit no file is made, until there is one", async (t) => {
  const { file, limits, taken, onDisk } = make(t, 0);
  for (let i = 0; i < 100; i += 1) limits.done(taken(1000));
  const grant = taken(5);
  t.notOk(limits.recordDue);
  await limits.record();
  await limits.close();
  t.throws(() => readFileSync(file), { code: "ENOENT" });
  limits.change({ rate: 60 });
  t.match(limits.take(1, ""), { limit: "rate" }, "what went counts");
  t.ok(limits.recordDue);
  await limits.record();
  t.equal(onDisk()?.inFlight, 5);
  limits.done(grant);
});

t.test("the relay is watched where that is wanted", async (t) => {
  const clock = { now: () => START };
  const file = join(t.testdir(), "pace.json");
  const trouble = { count: 1, seconds: 0, trouble: "452 4.3.1 full" };
  t.equal(new Limits({ file, rate: 600 }, clock).told(trouble), undefined);
  const limits = new Limits({ file, rate: 600, adapt: true }, clock);
  t.match(limits.told(trouble), { kind: "slower", rate: 300 });
  t.equal(limits.portion(100, ""), 5);
});

t.test("runners that share a limit are told of each other", async (t) => {
  const clock = { now: () => START };
  const file = join(t.testdir(), "pace.json");
  const limits = new Limits({ file, rate: 0, shared_rate: 600 }, clock);
  t.match(limits.take(1, ""), { limit: "shared" });
  limits.peers(2);
  t.equal(limits.portion(100, ""), 5);
  t.hasProp(limits.take(5, ""), "grant");
  t.equal(limits.group("example.org"), "");
});
