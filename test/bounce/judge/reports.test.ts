import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import {
  keepReport,
  reportAt,
  reportName,
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
    const first = reportName("a1", new Date(now).toISOString());
    t.equal(first, "2026-03-01/a1.eml");
    for (let n = 0; n < 2; n += 1) await keepReport(folder, first, whole);
    t.equal(statSync(file).nlink, 2);
    const part = [{ path: file, start: 0, end: 8 }];
    const name = reportName("a2", new Date(now).toISOString());
    await keepReport(folder, name, part);
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
  const ago = (days: number) => new Date(now - days * DAY).toISOString();
  const old = reportName("a1", ago(61));
  const kept = reportName("a2", ago(60));
  for (const name of [old, kept]) await keepReport(folder, name, text);
  sweepReports(folder, now, 60 * DAY);
  t.equal(existsSync(join(folder, old)), false);
  t.equal(existsSync(join(folder, kept)), true);
});

t.test("of a large one the beginning is kept", async (t) => {
  const home = t.testdir();
  const folder = reportsOf(home, "news@x.test");
  const file = join(home, "message");
  writeFileSync(file, Buffer.alloc(3_000_000, "x"));
  const whole = [{ path: file, start: 0, end: 3_000_000 }];
  await keepReport(folder, "2026-03-01/a.eml", whole);
  t.equal(reportAt(folder, "2026-03-01/a.eml")?.end, 1024 * 1024);
});
