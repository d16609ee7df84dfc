import t from "tap";
import { Governor, sentence } from "../../../src/outbound/pace/governor.ts";
import { converse, perMinute } from "./relay.ts";

const FULL = "452 4.3.1 Insufficient system storage";
const clean = { count: 10, seconds: 0.1 };
const trouble = { count: 10, seconds: 0, trouble: FULL };

/** A governor of a runner that has sent `rate` messages a minute for a while. */
function busy(full: number, rate: number, seconds = 60) {
  const governor = new Governor(full);
  const count = rate / 60;
  for (let second = 0; second < seconds; second += 1)
    governor.told({ count, seconds: 0.1 }, second * 1000);
  return governor;
}

t.test("trouble halves the limit, and says so", (t) => {
  const governor = busy(600, 600);
  t.equal(governor.wait(1, 60_000), 0);
  const turn = governor.told(trouble, 60_000);
  t.match(turn, { kind: "slower", rate: 300 });
  t.equal(
    turn && sentence(turn),
    `the relay says ${FULL}: slower, at most 300 messages a minute`,
  );
  t.equal(governor.portion(100), 5);
  t.equal(governor.wait(5, 60_000), 200);
  governor.enter(5, 60_200);
  t.equal(governor.wait(5, 60_200), 1000);
  t.end();
});

t.test("a limit that is not used is no measure", (t) => {
  t.match(busy(60_000, 600).told(trouble, 60_000), { rate: 330 });
  t.match(busy(60_000, 6).told({ ...trouble, count: 1 }, 60_000), {
    rate: 30_000,
  });
  t.match(busy(Number.POSITIVE_INFINITY, 600).told(trouble, 60_000), {
    rate: 330,
  });
  t.match(new Governor(Number.POSITIVE_INFINITY).told(trouble, 0), {
    rate: 300,
  });
  t.end();
});

t.test("one cut in the time in which it shows, and a floor", (t) => {
  const governor = new Governor(600);
  const slow = { ...trouble, count: 1, seconds: 10 };
  t.match(governor.told(slow, 0), { rate: 300 });
  t.equal(governor.told(slow, 19_999), undefined);
  t.match(governor.told(slow, 20_000), { rate: 150 });
  for (let time = 40_000; time < 400_000; time += 20_000)
    governor.told(slow, time);
  t.equal(governor.told(slow, 600_000), undefined, "no slower");
  governor.enter(1, 600_000);
  t.equal(governor.wait(1, 600_000), 9_800);
  t.equal(governor.portion(100), 1);
  t.equal(new Governor(4).told(trouble, 0), undefined, "slow enough");
  t.end();
});

t.test("clean replies bring it back in steps, and it lets go", (t) => {
  const governor = new Governor(600);
  governor.told(trouble, 0);
  t.equal(governor.told(clean, 9_999), undefined);
  const portions: number[] = [];
  let turn: ReturnType<Governor["told"]>;
  let time = 10_000;
  for (; turn === undefined && time < 400_000; time += 1000) {
    portions.push(governor.portion(100));
    turn = governor.told(clean, time);
  }
  t.match(turn, { kind: "free", rate: 600 });
  t.equal(turn && sentence(turn), "the relay is well again: full pace");
  t.ok(time > 100_000 && time < 150_000, `after ${time} ms`);
  t.same(
    portions.toSorted((a, b) => a - b),
    portions,
  );
  t.equal(governor.wait(100, time), 0);
  t.equal(governor.portion(100), 100);
  t.end();
});

t.test("without a full limit it lets go at twice what was sent", (t) => {
  const governor = busy(Number.POSITIVE_INFINITY, 600);
  governor.told(trouble, 60_000);
  let turn: ReturnType<Governor["told"]>;
  let time = 60_000;
  for (; turn?.kind !== "free" && time < 1e6; time += 1000)
    turn = governor.told(clean, time);
  t.equal(turn?.rate, Number.POSITIVE_INFINITY);
  t.ok(time < 400_000, `after ${time} ms`);
  t.end();
});

t.test("a limit that is lowered meanwhile ends it", (t) => {
  const governor = new Governor(600);
  governor.told(trouble, 0);
  governor.change(100);
  t.match(governor.told(clean, 10_000), { kind: "free", rate: 100 });
  t.end();
});

t.test("late replies slow it to an eighth, not further", (t) => {
  const governor = busy(600, 600, 120);
  const slow = { count: 1, seconds: 3 };
  let turn: ReturnType<Governor["told"]>;
  let time = 120_000;
  for (; turn === undefined; time += 1000) turn = governor.told(slow, time);
  t.equal(turn.kind, "slower");
  t.match(
    sentence(turn),
    /^the relay takes 1\.\d s to answer, not 0\.\d s: slower, at most \d+ messages a minute$/,
  );
  for (; time < 160_000; time += 500) governor.told(slow, time);
  t.equal(governor.portion(100), 1);
  governor.enter(1, time);
  governor.enter(1, time);
  t.ok(governor.wait(1, time) <= 1600, "75 a minute");
  let free: typeof turn | undefined;
  for (; free?.kind !== "free" && time < 1e7; time += 1000)
    free = governor.told(slow, time);
  t.ok(time < 1_200_000, `a relay that is so now is taken so at ${time} ms`);
  t.end();
});

t.test("it says what is new, not each step", (t) => {
  const { turns } = converse(
    { capacity: () => 300, room: 200 },
    [{ rate: 6000, connections: 4 }],
    3600,
  );
  const kinds = turns[0]?.map(({ kind }) => kind) ?? [];
  t.ok(kinds.length > 5 && kinds.length < 25, `${kinds.length} in an hour`);
  t.ok(kinds.includes("slower") && kinds.includes("faster"));
  t.end();
});

t.test("it keeps near what the relay can do when that changes", (t) => {
  const { taken, refused } = converse(
    {
      capacity: (second) => (second < 1200 || second >= 2400 ? 2000 : 100),
      room: 200,
    },
    [{ rate: 6000, connections: 4 }],
    3600,
  );
  const at = (from: number, to: number) => perMinute(taken[0], from, to);
  t.ok(at(600, 1200) > 1600, `${at(600, 1200)} of 2000`);
  t.ok(perMinute(refused[0], 600, 1200) < 100);
  t.ok(at(1260, 2400) > 80, `${at(1260, 2400)} of 100`);
  t.ok(perMinute(refused[0], 1200, 1260) < 400);
  t.ok(perMinute(refused[0], 1260, 2400) < 20);
  t.ok(at(2700, 3600) > 1600, `${at(2700, 3600)} of 2000 again`);
  t.end();
});
