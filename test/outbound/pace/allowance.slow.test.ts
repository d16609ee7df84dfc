// The limits through simulated courses: any rate, any manner of sending, crashes and changes.
import fc from "fast-check";
import t from "tap";
import { Allowance } from "../../../src/outbound/pace/allowance.ts";
import { type Course, chance, densest, drive, type Seen } from "./course.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const rate = fc.oneof(
  fc.integer({ min: 1, max: 70 }),
  fc.integer({ min: 1, max: 3000 }),
);
const crashes = (seconds: number, down: number) =>
  fc.array(
    fc.record({
      second: fc.integer({ min: 1, max: seconds }),
      down: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: down })),
    }),
    { maxLength: 4 },
  );
const manner = {
  seconds: fc.integer({ min: 60, max: 300 }),
  connections: fc.integer({ min: 1, max: 6 }),
  slowest: fc.oneof(fc.constant(20), fc.integer({ min: 1, max: 50_000 })),
  disk: fc.oneof(fc.constant(5), fc.integer({ min: 1, max: 5000 })),
  crashes: crashes(300, 70_000),
  seed: fc.integer({ min: 1 }),
};
const course: fc.Arbitrary<Course> = fc.record({
  ...manner,
  allowed: fc.record({ rate }),
});

const moments = ({ messages }: Seen) => messages.map(({ at }) => at);

t.test("no window of 60 s holds more, crashes included", async () => {
  fc.assert(
    fc.property(
      course,
      (it) => densest(moments(drive(it)), MINUTE) <= it.allowed.rate,
    ),
    { numRuns: 300 },
  );
});

t.test("a second gets a second's worth and one transaction", async () => {
  fc.assert(
    fc.property(course, (it) => {
      const { grants } = drive(it);
      const { rate } = it.allowed;
      const each = grants.flatMap(({ at, count }) =>
        Array<number>(count).fill(at),
      );
      const portion = new Allowance({ rate }, undefined, 0).portion(100, "");
      return densest(each, 999) <= Math.ceil((1.2 * rate) / 60) + portion;
    }),
    { numRuns: 100 },
  );
});

/** Windows after a change that hold a message granted since: how many too many the densest has. */
function excess(
  { messages, start }: Seen,
  changes: readonly { second: number; rate: number }[],
): number {
  let most = Number.NEGATIVE_INFINITY;
  const sorted = changes.toSorted((a, b) => a.second - b.second);
  for (const [at, { second, rate }] of sorted.entries()) {
    const from = start + second * 1000;
    const next = sorted[at + 1]?.second ?? Number.POSITIVE_INFINITY;
    const inside = messages.filter(
      (it) => it.at >= from && it.at < start + next * 1000,
    );
    let first = 0;
    inside.forEach((message, last) => {
      while ((inside[first]?.at ?? 0) < message.at - MINUTE) first += 1;
      const window = inside.slice(first, last + 1);
      if (rate > 0 && window.some(({ granted }) => granted >= from))
        most = Math.max(most, window.length - rate);
    });
  }
  return most;
}

t.test("a changed limit is exact for every window after it", async () => {
  const changes = (rate: fc.Arbitrary<number>) =>
    fc.uniqueArray(
      fc.record({ second: fc.integer({ min: 1, max: 300 }), rate }),
      { maxLength: 4, selector: ({ second }) => second },
    );
  const few = fc.integer({ min: 1, max: 300 });
  const limited = fc.record({
    ...manner,
    allowed: fc.record({ rate: few }),
    changes: changes(few),
  });
  const orNone = fc.oneof(fc.constant(0), few);
  const never = fc.record({
    ...manner,
    crashes: fc.constant([]),
    slowest: fc.constantFrom(2000, 50_000),
    most: fc.constant(3),
    allowed: fc.record({ rate: orNone }),
    changes: changes(orNone),
  });
  fc.assert(
    fc.property(fc.oneof(limited, never), (it) => {
      const { rate } = it.allowed;
      return excess(drive(it), [{ second: 0, rate }, ...it.changes]) <= 0;
    }),
    { numRuns: 300 },
  );
});

t.test("no 24 hours hold more than a day may", async () => {
  const long = fc.record({
    ...manner,
    allowed: fc.record({
      rate: fc.constantFrom(0, 5, 60),
      daily: fc.integer({ min: 1, max: 400 }),
    }),
    seconds: fc.constant(3 * 86_400),
    slowest: fc.constantFrom(50, 100_000),
    crashes: crashes(3 * 86_400, 10 * HOUR),
  });
  fc.assert(
    fc.property(long, (it) => {
      const seen = drive(it);
      return densest(moments(seen), DAY) <= it.allowed.daily;
    }),
    { numRuns: 100 },
  );
  const { messages } = drive({
    allowed: { rate: 60, daily: 1000 },
    seconds: 3 * 86_400,
    connections: 1,
    slowest: 10,
    disk: 1,
    crashes: [],
    seed: 1,
  });
  t.equal(messages.length, 3000, "and each day gets all of it");
});

t.test("a domain has its rate and its connections", async () => {
  const domains = ["a.example", "b.example", "c.example", "other.example"];
  const allowed = fc.record({
    rate: fc.constantFrom(0, 100, 1000),
    domains: fc.constant({
      "A.example": { rate: 30, connections: 0 },
      "b.example": { rate: 0, connections: 2 },
      "c.example": { rate: 7, connections: 1 },
    }),
  });
  fc.assert(
    fc.property(
      fc.record({
        ...manner,
        allowed,
        domains: fc.constant(domains),
        slowest: fc.constantFrom(1000, 50_000),
        most: fc.constant(3),
      }),
      (it) => {
        const { messages, open } = drive(it);
        const of = (name: string) =>
          densest(
            messages
              .filter(({ domain }) => domain === name)
              .map(({ at }) => at),
            MINUTE,
          );
        return (
          of("a.example") <= 30 &&
          of("c.example") <= 7 &&
          (open.get("b.example") ?? 0) <= 2 &&
          (open.get("c.example") ?? 0) <= 1
        );
      },
    ),
    { numRuns: 100 },
  );
});

t.test("all runners of a name share one limit", async () => {
  const plan = fc.record({
    limit: fc.integer({ min: 2, max: 600 }),
    runners: fc.integer({ min: 1, max: 5 }),
    /** What happens, 100 s apart at least. */
    turns: fc.array(fc.constantFrom("starts", "dies"), { maxLength: 4 }),
    ranked: fc.boolean(),
    seed: fc.integer({ min: 1 }),
  });
  fc.assert(
    fc.property(plan, ({ limit, runners, turns, ranked, seed }) => {
      const random = chance(seed);
      const living: { allowance: Allowance; looks: number; known: string }[] =
        [];
      const look = (runner: (typeof living)[number], now: number) => {
        const rank = ranked ? living.indexOf(runner) : undefined;
        runner.allowance.peers(living.length, rank, now);
      };
      const start = (now: number) => {
        const allowed = { rate: 0, shared_rate: limit };
        const allowance = new Allowance(allowed, undefined, now);
        if ("grant" in allowance.take(1, "", now)) throw new Error("unknown");
        const looks = now + 5000 - random(5000);
        const runner = { allowance, looks, known: "" };
        living.push(runner);
        look(runner, now);
      };
      for (let i = 0; i < runners; i += 1) start(0);
      for (const runner of living) look(runner, 0);
      const moments: number[] = [];
      let share = 0;
      for (let now = 0; now < (turns.length + 2) * 100_000; now += 200) {
        const turn = now % 100_000 === 0 ? turns[now / 100_000 - 1] : undefined;
        if (turn === "starts") {
          start(now);
          share = Math.ceil(limit / (living.length - 1));
        } else if (turn === "dies" && living.length > 1)
          living.splice(random(living.length), 1);
        for (const runner of living) {
          if (runner.looks <= now) {
            const rank = living.indexOf(runner);
            const news = `${living.length} ${rank}`;
            // A look that finds nothing new may be left out.
            if (news !== runner.known || random(2) > 0) look(runner, now);
            runner.known = news;
            runner.looks = now + 5000;
          }
          for (;;) {
            const answer = runner.allowance.take(1, "", now);
            if ("wait" in answer) break;
            runner.allowance.done(answer.grant, now);
            moments.push(now);
          }
        }
      }
      const grown = turns.includes("starts") ? share : 0;
      const lost = ranked ? 0 : Math.max(0, living.length + 4 - limit);
      const most = densest(moments, MINUTE);
      return most <= limit + grown + lost && most >= 0.4 * limit - 5;
    }),
    { numRuns: 60 },
  );
});
