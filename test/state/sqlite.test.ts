import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { makeLocal } from "../../src/state/local.ts";
import { firstColumn } from "../../src/state/query.ts";
import { migrate, openForeign } from "../../src/state/sqlite.ts";

t.test(
  "a new home gets a state, and opening it again changes nothing",
  async (t) => {
    const home = t.testdir();
    makeLocal(home).close();
    const state = makeLocal(home);
    t.teardown(state.close);
    t.equal(state.path, join(home, "state/listmill.db"));
    t.equal(state.db.pragma("journal_mode", { simple: true }), "wal");
    t.equal(state.db.pragma("foreign_keys", { simple: true }), 1);
    t.same(state.db.prepare("SELECT count(*) AS n FROM members").get(), {
      n: 0,
    });
  },
);

t.test("steps are taken once, in order, all or none", async (t) => {
  const { db, close } = makeLocal(t.testdir());
  t.teardown(close);
  const before = Number(db.pragma("user_version", { simple: true }));
  const taken: string[] = Array(before).fill("");
  const steps = [...taken, "CREATE TABLE a (x)", "INSERT INTO a VALUES (1)"];
  migrate(db, "db", steps);
  migrate(db, "db", steps);
  t.same(db.prepare("SELECT * FROM a").all(), [{ x: 1 }]);
  t.throws(() =>
    migrate(db, "db", [...steps, "INSERT INTO a VALUES (2)", "oops"]),
  );
});

t.test("a step that fails leaves the state as it was", async (t) => {
  const home = t.testdir();
  const { db, path, close } = makeLocal(home);
  t.teardown(close);
  const before = Number(db.pragma("user_version", { simple: true }));
  const steps = [...Array(before).fill(""), "CREATE TABLE b (x)", "oops"];
  t.throws(() => migrate(db, path, steps));
  t.equal(db.pragma("user_version", { simple: true }), before);
  t.throws(() => db.prepare("SELECT * FROM b"), /no such table/);
});

t.test("the state of a newer listmill is left alone", async (t) => {
  const home = t.testdir();
  const { db, close } = makeLocal(home);
  db.pragma("user_version = 999");
  close();
  t.throws(() => makeLocal(home), {
    exitCode: 78,
    message: /newer listmill \(version 999/,
  });
});

t.test("a state that is no database is told by name", async (t) => {
  const home = t.testdir({ state: { "listmill.db": "x".repeat(5000) } });
  t.throws(() => makeLocal(home), {
    name: "Failure",
    message: /listmill.db: .*restore it/,
  });
});

t.test(
  "the first column of a foreign database, with what is bound",
  async (t) => {
    const home = t.testdir();
    const state = makeLocal(home);
    t.teardown(state.close);
    const insert = state.db.prepare(
      "INSERT INTO members (list, key, address, name, delivery, own_copy, joined) VALUES (?, ?, ?, '', 'posts', NULL, 0)",
    );
    for (const n of [1, 2, 3]) insert.run("l", `k${n}`, `u${n}@x.org`);
    const sql =
      "SELECT address, key FROM members WHERE list = :list ORDER BY key";
    const values = { list: "l", sender: "'; DROP TABLE members; --" };
    t.same(
      [...firstColumn(state.path, sql, values)],
      ["u1@x.org", "u2@x.org", "u3@x.org"],
    );
    t.same(
      [...firstColumn(state.path, "SELECT :sender", values)],
      [values.sender],
    );
    for (const [bad, why] of [
      ["SELEC", /syntax error/],
      ["SELECT 1; SELECT 2", /more than one statement/],
      ["DELETE FROM members", /must be a SELECT/],
      ["DELETE FROM members RETURNING address", /must be a SELECT|readonly/],
      ["SELECT :unknown", /Missing named parameter/],
      ["SELECT x FROM nowhere", /no such table/],
      ["SELECT ?", /./],
      ["", /./],
    ] as const)
      t.throws(
        () => [...firstColumn(state.path, bad, values)],
        { name: "Failure", exitCode: 75, message: why },
        bad,
      );
    t.same(state.db.prepare("SELECT count(*) AS n FROM members").get(), {
      n: 3,
    });
  },
);

t.test(
  "a query that fails midway throws and gives no short answer",
  async (t) => {
    const { path, close } = makeLocal(t.testdir());
    t.teardown(close);
    const sql =
      "WITH c(n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM c WHERE n < 9) SELECT CASE WHEN n < 5 THEN n ELSE abs(-9223372036854775808) END FROM c";
    const got: unknown[] = [];
    t.throws(() => {
      for (const one of firstColumn(path, sql, {})) got.push(one);
    }, /integer overflow/);
    t.same(got, [1, 2, 3, 4]);
  },
);

t.test("a foreign database is never made and never written", async (t) => {
  const dir = t.testdir({
    text: "no database, but long enough to be read as one".repeat(99),
  });
  mkdirSync(join(dir, "folder"));
  for (const name of ["gone", "text", "folder", "gone/x"])
    t.throws(
      () => openForeign(join(dir, name)),
      { name: "Failure", message: new RegExp(`${name}: `) },
      name,
    );
  t.equal(statSync(join(dir, "gone"), { throwIfNoEntry: false }), undefined);
  writeFileSync(join(dir, "empty"), "");
  const db = openForeign(join(dir, "empty"));
  t.teardown(() => db.close());
  t.throws(() => db.exec("CREATE TABLE a (x)"), /readonly/);
});
