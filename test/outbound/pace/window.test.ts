import fc from "fast-check";
import t from "tap";
import {
  type Measure,
  minute,
  Window,
} from "../../../src/outbound/pace/window.ts";
import { chance, densest } from "./course.ts";

const MINUTE = 60_000;

/** Takes and completes at once. @returns whether it was granted */
function sent(window: Window, count: number, time: number): boolean {
  if (window.wait(count, time) > 0) return false;
  window.enter(count, time);
  window.leave(count, count, time);
  return true;
}

t.test("no window of any length holds more", async () => {
  const measure = fc.record({
    length: fc.integer({ min: 10, max: 100_000 }),
    bucket: fc.integer({ min: 1, max: 500 }),
    spaced: fc.boolean(),
  });
  fc.assert(
    fc.property(
      measure,
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1 }),
      (measure, limit, seed) => {
        const random = chance(seed);
        const window = new Window(measure, limit);
        const moments: number[] = [];
        let flights: { count: number; from: number; to: number }[] = [];
        let now = 0;
        for (let step = 0; step < 600; step += 1) {
          for (const { count, from, to } of flights.filter(
            (it) => it.to <= now,
          )) {
            window.leave(count, count, now);
            for (let i = 0; i < count; i += 1)
              moments.push(from + random(to - from + 1));
          }
          flights = flights.filter(({ to }) => to > now);
          const count = 1 + random(Math.min(limit, 1 + random(20)));
          const wait = window.wait(count, now);
          if (wait === 0) {
            window.enter(count, now);
            const to = now + random(1 + random(measure.length));
            flights.push({ count, from: now, to });
          }
          now += 1 + random(Math.max(wait, 1 + random(measure.length / 10)));
        }
        moments.sort((a, b) => a - b);
        return densest(moments, measure.length) <= limit;
      },
    ),
    { numRuns: 300 },
  );
});

t.test("what fits may go after the wait that was told", async () => {
  fc.assert(
    fc.property(
      fc.boolean(),
      fc.integer({ min: 1, max: 300 }),
      fc.integer({ min: 1 }),
      (spaced, limit, seed) => {
        const random = chance(seed);
        const measure: Measure = { length: 60_000, bucket: 200, spaced };
        const window = new Window(measure, limit);
        let now = 0;
        for (let step = 0; step < 200; step += 1) {
          const count = 1 + random(window.portion(10));
          const wait = window.wait(count, now);
          now += wait;
          if (!sent(window, count, now)) return false;
          now += random(100);
        }
        return true;
      },
    ),
    { numRuns: 100 },
  );
});

t.test("without spacing all may go at once", (t) => {
  const window = new Window({ ...minute, spaced: false }, 100);
  t.equal(window.portion(1000), 100);
  t.ok(sent(window, 93, 0));
  t.equal(window.portion(1000), 7, "what is left");
  t.ok(sent(window, 7, 0));
  t.equal(window.portion(1000), 1);
  t.notOk(sent(window, 1, MINUTE));
  t.ok(sent(window, 1, MINUTE + 201));
  t.end();
});

t.test("a lower limit waits until what is occupied has dropped", (t) => {
  const window = new Window({ ...minute, spaced: false }, 100);
  window.enter(60, 0);
  window.leave(60, 60, 1000);
  window.enter(30, 2000);
  window.change(50, 2000);
  t.equal(window.wait(1, 2000), 1200 + MINUTE + 1 - 2000);
  t.equal(window.wait(21, 61_300), 1000, "what is in flight may take long");
  t.ok(sent(window, 20, 61_300));
  t.equal(window.wait(51, 61_300), 1000, "never");
  window.change(200, 61_300);
  t.ok(sent(window, 150, 61_300));
  t.end();
});

t.test("a change of the limit changes the spacing of what waits", (t) => {
  const window = new Window(minute, 1);
  t.ok(sent(window, 1, 0));
  t.equal(window.wait(1, 200), MINUTE + 1, "for the window");
  window.change(60, 10_000);
  const spaced = window.wait(1, 10_000);
  t.ok(spaced > 500 && spaced <= 1000, `${spaced} of the 50,000 before`);
  window.change(6, 10_000);
  t.equal(window.wait(1, 10_000), 10 * spaced);
  window.change(Number.POSITIVE_INFINITY, 10_000);
  t.equal(window.wait(1e6, 10_000), 0);
  t.end();
});

t.test("a limit of nothing grants nothing, and of no limit all", (t) => {
  const none = new Window(minute, 0);
  t.equal(none.wait(1, 0), 1000);
  t.equal(none.portion(100), 1);
  const free = new Window(minute, Number.POSITIVE_INFINITY);
  for (let i = 0; i < 1000; i += 1) t.ok(sent(free, 100, 0));
  t.equal(free.portion(100), 100);
  t.notOk(free.recordDue);
  free.change(100, 10);
  t.ok(free.wait(1, 10) > MINUTE, "what went under no limit counts");
  t.ok(free.recordDue);
  t.end();
});

t.test("an unreadable record counts as a window's worth just sent", (t) => {
  const now = 1_000_000;
  const window = Window.restored(minute, 60, undefined, now, now);
  t.not(window.wait(1, now + MINUTE), 0);
  t.equal(window.wait(1, now + MINUTE + 201), 0);
  t.end();
});

t.test("what was given up unsent is free at once", (t) => {
  const window = new Window(minute, 1);
  window.enter(1, 0);
  window.leave(1, 0, 10);
  t.equal(window.wait(1, MINUTE), 0);
  t.end();
});

t.test("memory stays small at any limit", (t) => {
  const window = new Window(minute, 1_000_000);
  for (let now = 0; now < 200_000; now += 10) sent(window, 100, now);
  t.ok(window.record(0, 200_000).past.length < 700);
  t.end();
});

t.test("portions are a second's worth", (t) => {
  t.equal(new Window(minute, 600).portion(100), 10);
  t.equal(new Window(minute, 600).portion(3), 3);
  t.equal(new Window(minute, 5).portion(100), 1);
  t.end();
});
