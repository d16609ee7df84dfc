// Whether an archive is whole: numbers and months have the same posts.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { store } from "../../src/archive/store.ts";
import { expunge } from "../../src/archive/tombstones.ts";
import { lookOverArchive } from "../../src/archive/verify.ts";
import type { Finding } from "../../src/spool/verify/finding.ts";
import { Report } from "../../src/spool/verify/report.ts";

const list = "news@lists.example.org";

async function archiveOf(t: Test) {
  const home = t.testdir();
  const dir = join(home, "archive", list);
  for (let n = 1; n <= 3; n += 1)
    await store({
      archiveDir: dir,
      id: `e${n}`,
      content: [Buffer.from(`Subject: ${n}\n\n${"x".repeat(n)}\n`)],
      date: new Date("2026-07-31T23:59:59Z"),
    });
  const log: string[] = [];
  const look = async (repair = false) => {
    const findings: Finding[] = [];
    const report = new Report(home, async (found) => {
      findings.push(found);
    });
    const repairer = {
      log: (_: string, what: string) => {
        log.push(what);
      },
    };
    const root = join(home, "archive");
    const { signal } = new AbortController();
    await lookOverArchive(root, report, signal, repair ? repairer : undefined);
    const kinds = findings.map(({ kind }) => kind);
    return { findings, kinds, broken: report.broken };
  };
  const number = (n: number) => join(dir, "numbers", "0", String(n));
  const month = (n: number) => join(dir, "2026", "07", `${n}.eml`);
  return { home, dir, look, number, month, log };
}

t.test("an archive that is whole", async (t) => {
  const { dir, look } = await archiveOf(t);
  t.same((await look()).kinds, []);
  const stone = { number: 2, at: "2026-08-01", by: "anna", reason: "asked" };
  t.ok(await expunge(dir, stone));
  t.same((await look(true)).kinds, []);
});

t.test("a post that was to be taken out is not linked again", async (t) => {
  const { dir, look, number, month } = await archiveOf(t);
  const text = readFileSync(number(2));
  const stone = { number: 2, at: "2026-08-01", by: "anna", reason: "asked" };
  await expunge(dir, stone);
  // As a crash leaves it.
  writeFileSync(number(2), text);
  t.same((await look(true)).kinds, ["archive-buried"]);
  t.notOk(existsSync(month(2)));
  t.ok(await expunge(dir, stone), "said again, it is done");
  t.same((await look()).kinds, []);
});

t.test("a post without bytes is not whole", async (t) => {
  const { look, number, month } = await archiveOf(t);
  rmSync(month(2));
  truncateSync(number(2));
  t.same((await look()).kinds, ["archive-empty"]);
});

t.test("a number that is missing is linked again", async (t) => {
  const { look, number, month, log } = await archiveOf(t);
  rmSync(number(2));
  rmSync(number(3));
  t.same((await look()).kinds, ["archive-no-number", "archive-no-number"]);
  t.equal((await look(true)).broken, 0);
  t.match(log, [/^linked to archive\/.*\/numbers\/0\/[23]$/, /^linked/]);
  t.same((await look(true)).kinds, []);
  t.same(readFileSync(number(3)), readFileSync(month(3)));
});

t.test("all numbers are missing", async (t) => {
  const { dir, look } = await archiveOf(t);
  rmSync(join(dir, "numbers"), { recursive: true });
  t.equal((await look(true)).broken, 0);
  t.same(readdirSync(join(dir, "numbers", "0")).sort(), ["1", "2", "3"]);
});

t.test("a month's file is linked as long as its month is known", async (t) => {
  const { dir, look, month } = await archiveOf(t);
  rmSync(join(dir, "2026"), { recursive: true });
  t.equal((await look()).broken, 3);
  t.match((await look(true)).findings[0], {
    kind: "archive-no-month",
    done: /2026\/07\/1\.eml$/,
  });
  t.same((await look()).kinds, []);
  rmSync(month(1));
  rmSync(join(dir, "numbers", "recent"), { recursive: true });
  const { kinds, broken } = await look(true);
  t.same([kinds, broken], [["archive-no-month"], 1]);
});

t.test("what is lost or not the same is told and left", async (t) => {
  const { dir, look, number, month } = await archiveOf(t);
  rmSync(number(1));
  rmSync(month(1));
  rmSync(month(2));
  copyFileSync(number(2), month(2));
  rmSync(month(3));
  writeFileSync(month(3), "Subject: another\n\n");
  mkdirSync(join(dir, "2026", "08"));
  copyFileSync(number(3), join(dir, "2026", "08", "3.eml"));
  writeFileSync(join(dir, "2026", "08", "notes"), "");
  mkdirSync(join(dir, "numbers", "recent", "x"));
  for (const repair of [false, true])
    t.same((await look(repair)).kinds.sort(), [
      "archive-copies",
      "archive-double",
      "archive-gap",
      "archive-mismatch",
      "archive-ticket",
      "stranger",
    ]);
});

t.test("an archive that is not there", async (t) => {
  const { home, look } = await archiveOf(t);
  rmSync(join(home, "archive"), { recursive: true });
  t.same((await look(true)).kinds, ["archive-missing"]);
  symlinkSync("/nowhere", join(home, "archive"));
  t.match((await look(true)).findings, [
    { kind: "archive-missing", what: /leads to no folder/ },
  ]);
});
