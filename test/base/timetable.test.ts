import t from "tap";
import { nextTime, parseTimes } from "../../src/base/timetable.ts";

const ZURICH = "Europe/Zurich";

/** The times that follow on each other, in UTC. */
function following(times: string, from: string, count: number): string[] {
  const found: string[] = [];
  let at = Date.parse(from);
  while (found.length < count) {
    at = nextTime(times, at, ZURICH) ?? Number.NaN;
    found.push(new Date(at).toISOString().slice(0, 16));
  }
  return found;
}

t.test("times as people and as cron write them", async (t) => {
  for (const [text, lines] of [
    ["08:00", ["0 8 * * *"]],
    ["mon-fri 08:00,18:30", ["0 8 * * 1,2,3,4,5", "30 18 * * 1,2,3,4,5"]],
    ["Mon 08:00; sat,sun 10:00", ["0 8 * * 1", "0 10 * * 0,6"]],
    ["0 8 1 * *", ["0 8 1 * *"]],
    ["0 8 1 * *; 12:00", ["0 8 1 * *", "0 12 * * *"]],
    ["@weekly", ["@weekly"]],
  ] as const)
    t.same(parseTimes(text), lines, text);
  for (const wrong of [
    ...["", ";", "8:00", "25:00", "08:60", "day 08:00", "08:00 mon"],
    ...["* * * * * *", "61 * * * *", "0 8 30 2 *", "soon", "08:00;"],
  ])
    t.equal(parseTimes(wrong), undefined, wrong);
});

t.test("the next of several, strictly behind a moment", async (t) => {
  t.same(following("mon-fri 08:00; sat 10:00", "2026-07-31T05:59Z", 4), [
    "2026-07-31T06:00",
    "2026-08-01T08:00",
    "2026-08-03T06:00",
    "2026-08-04T06:00",
  ]);
  t.equal(nextTime("", 0), undefined);
});

t.test(
  "a change of clocks leaves nothing out and doubles nothing",
  async (t) => {
    // On 29 March 02:30 is no time, on 25 October it comes twice.
    t.same(following("02:30", "2026-03-27T12:00Z", 3), [
      "2026-03-28T01:30",
      "2026-03-29T01:00",
      "2026-03-30T00:30",
    ]);
    t.same(following("02:30", "2026-10-24T12:00Z", 2), [
      "2026-10-25T00:30",
      "2026-10-26T01:30",
    ]);
    t.same(following("08:00", "2026-10-24T00:00Z", 3), [
      "2026-10-24T06:00",
      "2026-10-25T07:00",
      "2026-10-26T07:00",
    ]);
  },
);
