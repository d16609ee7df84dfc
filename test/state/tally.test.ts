// What hooks did, counted: exact where it says so, the median within a fifth, and never in the way.
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { accounts, forget } from "../../src/state/accounts.ts";
import { makeLocal, statePath } from "../../src/state/local.ts";
import { bucketOf, middleOf, type Run, Tally } from "../../src/state/tally.ts";

const run = (change: Partial<Run>): Run => ({
  hook: "posts/10-approve/10-a",
  list: "a@x.org",
  observed: false,
  outcome: "pass",
  milliseconds: 1,
  ...change,
});

t.test("the middle of a bucket is a fifth off at most", async (t) => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.001, max: 3_000_000, noNaN: true }),
      (ms) => {
        const middle = middleOf(bucketOf(ms));
        t.ok(middle / ms < 1.2 && ms / middle < 1.2, `${ms}: ${middle}`);
      },
    ),
    { numRuns: 300 },
  );
  t.equal(bucketOf(0), bucketOf(1e-9));
});

t.test("counts of several runners add up", async (t) => {
  const home = t.testdir();
  const complaints: string[] = [];
  makeLocal(home).close();
  const one = new Tally({ home }, (text) => complaints.push(text));
  const other = new Tally({ home }, (text) => complaints.push(text));
  for (let n = 0; n < 100; n += 1)
    one.count(run({ milliseconds: 1 + n / 100 }));
  one.flush();
  one.flush();
  for (let n = 0; n < 150; n += 1) other.count(run({ milliseconds: 900 }));
  other.count(
    run({ outcome: "timeout", milliseconds: 60_001, list: "b@x.org" }),
  );
  other.count(run({ outcome: "reject", observed: true, list: "" }));
  one.close();
  other.close();
  t.same(complaints, []);
  const { db, close } = makeLocal(home);
  t.teardown(close);
  const [acted, observed, ...more] = accounts(db);
  t.same(more, []);
  t.match(acted, {
    hook: "posts/10-approve/10-a",
    observed: false,
    runs: 251,
    counts: { pass: 250, timeout: 1, later: 0 },
    worst: 60_001,
  });
  t.ok(Math.abs((acted?.median ?? 0) - 900) < 180, String(acted?.median));
  t.match(observed, { observed: true, runs: 1, counts: { reject: 1 } });
  t.match(accounts(db, "b@x.org"), [{ runs: 1, counts: { timeout: 1 } }]);
  t.same(accounts(db, "c@x.org"), []);
  t.equal(forget(db, false, "b@x.org"), 1);
  t.equal(forget(db, false), 250);
  t.match(accounts(db), [{ observed: true }]);
  t.equal(forget(db, true), 1);
  t.same(accounts(db), []);
});

t.test("a state that is broken is told once and loses no count", async (t) => {
  const home = t.testdir();
  const complaints: string[] = [];
  mkdirSync(dirname(statePath(home)), { recursive: true });
  writeFileSync(
    statePath(home),
    "no database at all, but long enough ".repeat(40),
  );
  const tally = new Tally({ home }, (text) => complaints.push(text));
  tally.count(run({}));
  tally.flush();
  tally.count(run({}));
  tally.flush();
  t.equal(complaints.length, 1);
  t.match(complaints[0], /^hooks are not counted for now: .*listmill\.db: /);
  rmSync(statePath(home));
  makeLocal(home).close();
  tally.close();
  const { db, close } = makeLocal(home);
  t.teardown(close);
  t.match(accounts(db), [{ runs: 2 }]);
});

t.test("another who writes is not waited for", async (t) => {
  const home = t.testdir();
  const complaints: string[] = [];
  const { db, close } = makeLocal(home);
  t.teardown(close);
  const tally = new Tally({ home }, (text) => complaints.push(text));
  tally.count(run({}));
  tally.flush();
  db.exec("BEGIN IMMEDIATE");
  tally.count(run({}));
  tally.flush();
  t.match(accounts(db), [{ runs: 1 }]);
  t.match(complaints, [/locked/]);
  db.exec("COMMIT");
  tally.close();
  t.match(accounts(db), [{ runs: 2 }]);
});

t.test("memory is bounded when nothing can be written", async (t) => {
  const home = t.testdir({ state: "a file where the folder should be" });
  const tally = new Tally({ home }, () => {});
  for (let n = 0; n < 50_000; n += 1) tally.count(run({ list: `${n}@x.org` }));
  tally.flush();
  rmSync(join(home, "state"));
  makeLocal(home).close();
  tally.close();
  const { db, close } = makeLocal(home);
  t.teardown(close);
  t.match(accounts(db), [{ runs: 20_000 }]);
});

t.test("a state that is missing is not made by counting", async (t) => {
  const home = t.testdir();
  const complaints: string[] = [];
  const tally = new Tally({ home }, (text) => complaints.push(text));
  tally.count(run({}));
  tally.close();
  t.match(complaints, [/listmill\.db: the members' database is missing/]);
  t.notOk(existsSync(statePath(home)), "an empty one would know no member");
});
