import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import {
  keepReport,
  reportAt,
  reportsOf,
  sweepReports,
} from "../../../src/bounce/judge/reports.ts";

const now = Date.UTC(2026, 2, 1, 12);
const DAY = 86_400_000;

t.test(
  "a whole file is shared, pieces are written, and both once",
  async (t) => {
    const home = t.testdir();
    const folder = reportsOf(home, "news@x.test");
    const file = join(home, "message");
    writeFileSync(file, "From: x\n\nText.\n");
    const whole = [{ path: file, start: 0, end: 15 }];
    for (let n = 0; n < 2; n += 1)
      t.equal(await keepReport(folder, "a1", whole, now), "2026-03-01/a1.eml");
    t.equal(statSync(file).nlink, 2);
    const part = [{ path: file, start: 0, end: 8 }];
    const name = await keepReport(folder, "a2", part, now);
    t.equal(readFileSync(join(folder, name), "utf8"), "From: x\n");
    t.match(reportAt(folder, name), { start: 0, end: 8 });
  },
);

t.test("nothing else is read, whatever name is given", async (t) => {
  const folder = reportsOf(t.testdir(), undefined);
  for (const name of [
    "../../x",
    "2026-03-01/../../x.eml",
    "2026-03-01/a.eml",
    "",
  ])
    t.equal(reportAt(folder, name), undefined);
});

t.test("those of days that are over for so long are removed", async (t) => {
  const folder = reportsOf(t.testdir(), "news@x.test");
  sweepReports(folder, now, DAY);
  const text = [Buffer.from("x")];
  const old = await keepReport(folder, "a1", text, now - 61 * DAY);
  const kept = await keepReport(folder, "a2", text, now - 60 * DAY);
  sweepReports(folder, now, 60 * DAY);
  t.equal(existsSync(join(folder, old)), false);
  t.equal(existsSync(join(folder, kept)), true);
});
