import t from "tap";
import { momentOf, momentText } from "../../src/base/moments.ts";

t.test("a date begins at midnight UTC, a time names its zone", (t) => {
  const day = Date.UTC(2026, 11, 24);
  t.equal(momentOf("2026-12-24"), day);
  t.equal(momentOf(" 2026-12-24T12:30Z "), day + 12.5 * 3_600_000);
  t.equal(momentOf("2026-12-24T12:30:05.5+02:00"), day + 37_805_500);
  t.equal(momentText(day), "2026-12-24");
  t.equal(momentText(day + 1), "2026-12-24T00:00:00.001Z");
  for (const text of [
    "",
    "tomorrow",
    "24.12.2026",
    "2026-02-31",
    "2026-13-01",
    "2026-12-24T12:30",
    "2026-12-24Z",
    "2026-12-24T25:00Z",
    "12026-12-24",
  ])
    t.equal(momentOf(text), undefined, text);
  t.end();
});
