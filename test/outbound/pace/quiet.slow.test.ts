import t from "tap";
import { Quiet } from "../../../src/outbound/pace/quiet.ts";
import { hours, isQuiet, wall } from "./wall.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

t.test("right at every minute of a year, in many zones", async (t) => {
  const rules = hours("22:00-06:00", "sat,sun 01:30-02:45", "wed 12:00-12:01");
  for (const zone of [
    "Europe/Zurich",
    "Australia/Lord_Howe",
    "America/St_Johns",
    "Asia/Kathmandu",
  ]) {
    const quiet = new Quiet(rules, zone);
    const at = wall(zone);
    const from = Date.UTC(2026, 0, 1);
    let wrong = 0;
    // Backwards, so that the end of each quiet spell is known when it is asked for.
    let end = 0;
    const ends: (number | undefined)[] = [];
    for (let now = from + 365 * DAY; now >= from; now -= MINUTE) {
      const is = isQuiet(rules, at(now));
      if (!is) end = now;
      ends.push(is ? end : undefined);
    }
    ends.reverse();
    for (const [minute, end] of ends.slice(0, -DAY / MINUTE).entries()) {
      const now = from + minute * MINUTE + (minute % MINUTE);
      if (quiet.until(now) !== end) wrong += 1;
    }
    t.equal(wrong, 0, zone);
    t.ok(ends.filter((end) => end !== undefined).length > 100_000);
  }
});
