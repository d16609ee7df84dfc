import fc from "fast-check";
import t from "tap";
import { Quiet } from "../../../src/outbound/pace/quiet.ts";
import { hours, isQuiet, wall } from "./wall.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
t.test("any hours, any moment, wherever an offset changes", async () => {
  const time = fc.integer({ min: 0, max: 24 * 60 });
  const rule = fc
    .record({
      days: fc.subarray([0, 1, 2, 3, 4, 5, 6], { minLength: 1 }),
      from: fc.integer({ min: 0, max: 24 * 60 - 1 }),
      to: time,
    })
    .filter(({ from, to }) => from !== to);
  // Days on which clocks were changed, in zones that do it each in its own way.
  const change = fc.constantFrom<[zone: string, day: number]>(
    ["Europe/Zurich", Date.UTC(2026, 2, 29)],
    ["Europe/Zurich", Date.UTC(2026, 9, 25)],
    ["America/New_York", Date.UTC(2026, 10, 1)],
    ["Australia/Lord_Howe", Date.UTC(2026, 3, 4)],
    ["America/Santiago", Date.UTC(2026, 8, 6)],
    ["Pacific/Apia", Date.UTC(2011, 11, 30)],
    ["Africa/Casablanca", Date.UTC(2026, 1, 15)],
  );
  fc.assert(
    fc.property(
      fc.array(rule, { minLength: 1, maxLength: 3 }),
      change,
      fc.integer({ min: -2 * 24 * 60, max: 2 * 24 * 60 }),
      (rules, [zone, day], offset) => {
        const at = wall(zone);
        const now = day + offset * MINUTE + 1234;
        const end = new Quiet(rules, zone).until(now);
        if (!isQuiet(rules, at(now))) return end === undefined;
        if (end === undefined) return false;
        let first = now - 1234;
        while (first < end && isQuiet(rules, at(first))) first += MINUTE;
        // What is quiet for longer than a week is asked again then.
        return first === end || (first > end && end >= now + 7 * DAY);
      },
    ),
    { numRuns: 300 },
  );
});

t.test("a clock that is set back is asked anew", (t) => {
  const quiet = new Quiet(hours("22:00-06:00"), "UTC");
  const noon = Date.UTC(2026, 5, 1, 12);
  t.equal(quiet.until(noon), undefined);
  t.equal(quiet.until(noon - DAY / 2), noon - DAY / 4);
  t.equal(quiet.until(noon), undefined);
  t.equal(quiet.until(noon + DAY / 2 - 1), noon + (DAY * 3) / 4);
  t.end();
});

t.test("without hours it is never quiet, and a zone need not be named", (t) => {
  t.equal(new Quiet([]).until(0), undefined);
  const always = new Quiet(hours("00:00-24:00"));
  t.ok((always.until(Date.UTC(2026, 5, 1)) ?? 0) > Date.UTC(2026, 5, 1));
  t.end();
});
