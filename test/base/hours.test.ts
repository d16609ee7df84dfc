import t from "tap";
import {
  areIn,
  coverWeek,
  hoursText,
  isTimeZone,
  parseHours,
  wallClock,
} from "../../src/base/hours.ts";

t.test("hours as people write them", (t) => {
  const all = [0, 1, 2, 3, 4, 5, 6];
  t.same(parseHours("22:00-06:00"), { days: all, from: 1320, to: 360 });
  t.same(parseHours("sat,sun 00:00-24:00"), {
    days: [0, 6],
    from: 0,
    to: 1440,
  });
  t.same(parseHours("Mon-Fri 12:30 - 13:00")?.days, [1, 2, 3, 4, 5]);
  t.same(parseHours("fri-mon,wed 12:30-13:00")?.days, [0, 1, 3, 5, 6]);
  for (const bad of [
    "",
    "22:00",
    "22-06",
    "22:00-22:00",
    "24:00-06:00",
    "22:00-24:01",
    "22:60-23:00",
    "someday 22:00-06:00",
    "mon- 22:00-06:00",
    "mon-tue-wed 22:00-06:00",
    "22:00-06:00 mon",
    7,
    null,
  ])
    t.equal(parseHours(bad), undefined, String(bad));
  t.end();
});

t.test("hours over midnight belong to the day on which they begin", (t) => {
  const hours = parseHours("fri 22:00-06:00");
  t.ok(hours);
  if (!hours) return t.end();
  const friday = 5;
  t.ok(areIn(hours, friday, 22 * 60));
  t.ok(areIn(hours, friday + 1, 0));
  t.notOk(areIn(hours, friday + 1, 6 * 60));
  t.notOk(areIn(hours, friday, 5 * 60));
  t.notOk(areIn(hours, friday + 1, 23 * 60));
  t.end();
});

t.test("whether a week is covered", (t) => {
  const cover = (...texts: string[]) =>
    coverWeek(texts.map(parseHours).filter((hours) => hours !== undefined));
  t.ok(cover("00:00-24:00"));
  t.ok(cover("06:00-22:00", "21:00-06:00"));
  t.ok(cover("mon-sat 00:00-24:00", "sun 00:00-12:00", "sun 12:00-00:00"));
  t.notOk(cover("06:00-22:00", "22:01-06:00"));
  t.notOk(cover("mon-sat 00:00-24:00"));
  t.notOk(cover());
  t.end();
});

t.test("time zones are those of the system", (t) => {
  t.ok(isTimeZone("Europe/Zurich"));
  t.ok(isTimeZone("UTC"));
  for (const bad of ["", "Europe/Zürich", "Mars/Olympus"])
    t.notOk(isTimeZone(bad), bad);
  t.end();
});

t.test("hours are written as they are read", (t) => {
  for (const text of ["22:00-06:00", "sun,sat 00:00-24:00", "09:05-09:06"]) {
    const hours = parseHours(text);
    t.equal(hours && hoursText(hours), text);
  }
  t.end();
});

t.test("a clock on the wall", (t) => {
  const moment = Date.UTC(2026, 2, 29, 0, 59);
  t.same(wallClock(moment, "UTC"), { weekday: 0, minute: 59 });
  t.same(wallClock(moment, "Europe/Zurich"), { weekday: 0, minute: 119 });
  t.same(
    wallClock(moment + 60_000, "Europe/Zurich"),
    { weekday: 0, minute: 180 },
    "an hour that is left out",
  );
  t.same(wallClock(moment, "America/New_York"), { weekday: 6, minute: 1259 });
  t.equal(typeof wallClock(moment).minute, "number");
  t.end();
});
