import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t, { type Test } from "tap";
import { sqlFinds, sqlRecipients } from "../../../src/lists/sources/sql.ts";
import { makeLocal } from "../../../src/state/local.ts";
import { contextIn, section } from "./asking.ts";

const url = "sqlite:state/listmill.db";

async function all(query: string, context: ReturnType<typeof contextIn>) {
  const settings = section("sql", { url, query });
  return (await Array.fromAsync(sqlRecipients(settings, context))).flat();
}

/** A home whose database has a table of people. */
function homeWith(
  t: Pick<Test, "testdir" | "teardown">,
  rows: readonly (readonly unknown[])[],
) {
  const home = t.testdir();
  const { db, close } = makeLocal(home);
  t.teardown(close);
  db.exec("CREATE TABLE staff (mail, dept, boss)");
  const insert = db.prepare("INSERT INTO staff VALUES (?, ?, ?)");
  const all = db.transaction(() => {
    for (const row of rows) insert.run(...row);
  });
  all();
  return { home, db };
}

t.test(
  "a query gives its first column, with the list and the sender bound",
  async (t) => {
    const boss = "anna@example.org";
    const { home } = homeWith(t, [
      ["a@x.org", "dev", boss],
      ["b@x.org", "ops", boss],
      [null, "dev", boss],
      ["rubbish", "dev", boss],
      [7, "dev", boss],
      [Buffer.from("Carl <c@x.org>"), "dev", boss],
    ]);
    const refused: string[] = [];
    const notes: string[] = [];
    const query =
      "SELECT mail, dept FROM staff WHERE dept = :local AND boss = :sender -- :no";
    t.same(await all(query, contextIn(home, refused, notes)), [
      "a@x.org",
      "c@x.org",
    ]);
    t.same(refused, ["rubbish", "7"]);
    t.same(notes, ["[sql] rows without an address (NULL) were passed over: 1"]);
  },
);

t.test("every placeholder is bound", async (t) => {
  const { home } = homeWith(t, []);
  const header =
    "From: Bert <bert@example.org>\nSubject: it's :list\nX-Topic: a\n b\n";
  const of = (name: string) =>
    all(
      `SELECT :${name} || '@x.org'`,
      contextIn(home, [], [], header.replace("it's :list", "subject")),
    );
  t.same(await of("local"), ["dev@x.org"]);
  t.same(await of("subject"), ["subject@x.org"]);
  t.same(await of("header_x_none"), [], "a field that is missing is empty");
  const context = contextIn(home, [], [], header);
  const query = `SELECT 'yes@x.org' WHERE :list = 'dev@example.org' AND :domain = 'example.org'
    AND :recipient = :list AND :from = 'bert@example.org' AND :subject = 'it''s :list' AND :header_x_topic = 'a b'`;
  t.same(await all(query, context), ["yes@x.org"]);
});

t.test("a name that stands for nothing is told before a post comes", (t) => {
  const of = (query: string, url = "sqlite:x", more = {}) =>
    section("sql", { url, query, ...more });
  const none = {
    exitCode: 78,
    message: /sql: query: there is no :other; there/,
  };
  const servers = ["sqlite:x", "postgres://u@h/d", "mysql://u@h/d"];
  for (const url of servers) {
    t.throws(() => of("SELECT :other", url), none);
    t.ok(of("SELECT ':other', :header_X_Topic, :list -- :other", url));
  }
  for (const setting of ["sender_query", "exists_query"])
    t.throws(() => of("SELECT 1", "sqlite:x", { [setting]: "SELECT :o" }), {
      exitCode: 78,
      message: new RegExp(`${setting}: there is no :o;`),
    });
  t.ok(
    of(String.raw`SELECT 'it\'s', ':other'`, "mysql://u@h/d"),
    "may be text",
  );
  t.throws(() => of("SELECT 1", "postgres://u@h/d", { ca_file: "ca" }), {
    exitCode: 78,
    message: /ca_file: needs tls = true/,
  });
  t.end();
});

t.test("other work goes on between the pages of SQLite", async (t) => {
  const { home } = homeWith(t, []);
  const query =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000) SELECT 'u' || i || '@x.org' FROM n";
  let turns = 0;
  let done = false;
  const turn = () => {
    turns += 1;
    if (!done) setImmediate(turn);
  };
  setImmediate(turn);
  t.equal((await all(query, contextIn(home))).length, 20_000);
  done = true;
  t.ok(turns >= 15, `${turns} turns of other work`);
});

t.test("what cannot be asked throws, and makes no file", async (t) => {
  const { home } = homeWith(t, []);
  const bad: Record<string, RegExp> = {
    "SELECT x": /no such column/,
    "SELECT @list": /\[sql\]|listmill\.db/,
    "SELECT ?": /listmill\.db/,
    "DELETE FROM staff": /must be a SELECT/,
    "DELETE FROM staff RETURNING mail": /must be a SELECT/,
    "SELECT 1; DELETE FROM staff": /listmill\.db/,
  };
  for (const [query, message] of Object.entries(bad))
    await t.rejects(all(query, contextIn(home)), {
      name: "Failure",
      exitCode: 75,
      message,
    });
  for (const [path, message] of Object.entries({
    "gone.db": /there is no such database/,
    "//[": /there is no such database/,
    ".": /\./,
  }))
    await t.rejects(
      Array.fromAsync(
        sqlRecipients(
          section("sql", { url: `sqlite:${path}`, query: "SELECT 1" }),
          contextIn(home),
        ),
      ),
      { name: "Failure", message },
    );
  t.notOk(readdirSync(home).includes("gone.db"));
});

t.test("whether a query finds a row, of whatever kind", async (t) => {
  const { home } = homeWith(t, [["a@x.org", "dev", null]]);
  const settings = section("sql", { url, query: "SELECT 1" });
  const finds = (query: string) => sqlFinds(settings, query, contextIn(home));
  t.ok(await finds("SELECT 1 FROM staff WHERE dept = :local"));
  t.ok(await finds("SELECT boss FROM staff"), "NULL is a row");
  t.notOk(await finds("SELECT 1 FROM staff WHERE dept = :sender"));
  await t.rejects(finds("SELECT 1 FROM gone"), { name: "Failure" });
});

t.test("whatever a sender or a header says, it is compared", async (t) => {
  const values = [
    "",
    "a'b",
    "' OR 1=1 --",
    "\\'; DROP TABLE staff; --",
    "%",
    "_",
    ":list",
    "é",
    "a\0b",
  ];
  const { home, db } = homeWith(
    t,
    values.map((value, n) => [`u${n}@x.org`, value, null]),
  );
  const some = fc.oneof(
    fc.constantFrom(...values),
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: fc.constantFrom(..."'\"\\;-#/*$:? \0é") }),
  );
  await fc.assert(
    fc.asyncProperty(some, async (sender) => {
      const found = await all("SELECT mail FROM staff WHERE dept = :sender", {
        ...contextIn(home),
        sender,
      });
      const n = values.indexOf(sender);
      assert.deepEqual(found, n < 0 ? [] : [`u${n}@x.org`]);
    }),
  );
  t.same(db.prepare("SELECT count(*) AS n FROM staff").get(), {
    n: values.length,
  });
});

t.test("a file that is damaged in its middle never gives less", async (t) => {
  const { openSync, writeSync, closeSync } = await import("node:fs");
  const { home, db } = homeWith(
    t,
    Array.from({ length: 20_000 }, (_, n) => [`u${n}@x.org`, "dev", null]),
  );
  db.pragma("wal_checkpoint(TRUNCATE)");
  const fd = openSync(join(home, "state/listmill.db"), "r+");
  for (let page = 40; page < 60; page += 1)
    writeSync(fd, Buffer.alloc(4096, 0xff), 0, 4096, page * 4096);
  closeSync(fd);
  await t.rejects(all("SELECT mail FROM staff", contextIn(home)), {
    name: "Failure",
    exitCode: 75,
  });
});
