import { execFileSync } from "node:child_process";
import { readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { open } from "lmdb";
import t from "tap";
import { dbmRecipients } from "../../../src/lists/sources/dbm.ts";
import { fileRecipients } from "../../../src/lists/sources/file.ts";
import { filled } from "../../../src/lists/sources/ldap.ts";
import { sqlRecipients } from "../../../src/lists/sources/sql.ts";
import { openState } from "../../../src/state/db.ts";
import { contextIn, section } from "./asking.ts";

t.test(
  "a file gives an address a line and refuses the rest by name",
  async (t) => {
    const home = t.testdir({
      "members.txt":
        "# all\na@x.org\r\n\n  b@x.org # Bob\nCarl <c@x.org>\nno address\na#b@x.org\n#d@x.org\nlast@x.org",
    });
    const refused: string[] = [];
    const found = fileRecipients(
      section("file", { path: "members.txt" }),
      contextIn(home, refused),
    );
    t.same(await Array.fromAsync(found), [
      "a@x.org",
      "b@x.org",
      "c@x.org",
      "a#b@x.org",
      "last@x.org",
    ]);
    t.same(refused, ["no address"]);
  },
);

t.test("a file that is missing or unreadable throws", async (t) => {
  const home = t.testdir({ folder: {} });
  for (const path of ["gone.txt", "folder"])
    await t.rejects(
      Array.fromAsync(
        fileRecipients(section("file", { path }), contextIn(home)),
      ),
      {
        name: "Failure",
        exitCode: 75,
        message: new RegExp(path),
      },
    );
});

t.test(
  "a query gives its first column, with the list and the sender bound",
  async (t) => {
    const home = t.testdir();
    const { db, close } = openState(home);
    t.teardown(close);
    db.exec("CREATE TABLE staff (mail, dept, boss)");
    const insert = db.prepare("INSERT INTO staff VALUES (?, ?, ?)");
    insert.run("a@x.org", "dev", "anna@example.org");
    insert.run("b@x.org", "ops", "anna@example.org");
    insert.run(null, "dev", "anna@example.org");
    insert.run("rubbish", "dev", "anna@example.org");
    const refused: string[] = [];
    const url = "sqlite:state/listmill.db";
    const query =
      "SELECT mail, dept FROM staff WHERE dept = :local AND boss = :sender";
    t.same(
      await Array.fromAsync(
        sqlRecipients(section("sql", { url, query }), contextIn(home, refused)),
      ),
      ["a@x.org"],
    );
    t.same(refused, ["rubbish"]);
    await t.rejects(
      Array.fromAsync(
        sqlRecipients(
          section("sql", { url, query: "SELECT x" }),
          contextIn(home),
        ),
      ),
      /\[sql\]|no such column/,
    );
    await t.rejects(
      Array.fromAsync(
        sqlRecipients(
          section("sql", { url: "sqlite:gone.db", query }),
          contextIn(home),
        ),
      ),
      { name: "Failure", exitCode: 75 },
    );
    t.notOk(readdirSync(home).includes("gone.db"));
  },
);

t.test(
  "a DBM file gives its keys or values, of a file or a folder",
  async (t) => {
    const home = t.testdir();
    for (const [name, noSubdir] of [
      ["map.lmdb", true],
      ["folder", false],
    ] as const) {
      const db = open<Buffer, Buffer>({
        path: join(home, name),
        noSubdir,
        encoding: "binary",
        keyEncoding: "binary",
      });
      await db.put(
        Buffer.from("b@x.org\0"),
        Buffer.from("Doe <doe@x.org>, x, c@x.org"),
      );
      await db.put(Buffer.from("a@x.org"), Buffer.from("d@x.org\0"));
      await db.put(Buffer.from("rubbish"), Buffer.from(""));
      await db.close();
      const refused: string[] = [];
      const context = contextIn(home, refused);
      const [keys, values] = await Promise.all([
        Array.fromAsync(
          dbmRecipients(section("dbm", { path: name, take: "keys" }), context),
        ),
        Array.fromAsync(
          dbmRecipients(
            section("dbm", { path: name, take: "values" }),
            context,
          ),
        ),
      ]);
      t.same(keys, ["a@x.org", "b@x.org"]);
      t.same(values, ["d@x.org", "doe@x.org", "c@x.org"]);
      t.same(refused.sort(), ["rubbish", "x"]);
    }
  },
);

t.test(
  "a DBM file that is missing is not made, and a damaged one throws",
  async (t) => {
    const home = t.testdir({
      "text.lmdb": "x".repeat(10_000),
      "empty.lmdb": "",
      folder: {},
    });
    for (const path of [
      "gone.lmdb",
      "gone",
      "text.lmdb",
      "empty.lmdb",
      "folder",
    ])
      await t.rejects(
        Array.fromAsync(
          dbmRecipients(
            section("dbm", { path, take: "keys" }),
            contextIn(home),
          ),
        ),
        { name: "Failure", exitCode: 75 },
        path,
      );
    t.same(
      readdirSync(home).filter((name) => name.startsWith("gone")),
      [],
    );
  },
);

function postmap(home: string): boolean {
  try {
    execFileSync("postmap", [`lmdb:${home}/map`], { stdio: "pipe" });
    return true;
  } catch {
    return false;
  }
}

const skip = postmap(t.testdir({ map: "a b\n" }))
  ? false
  : "no postmap with lmdb";

t.test("a map that Postfix made", { skip }, async (t) => {
  const home = t.testdir({ map: "a@x.org b@x.org,c@x.org\nd@x.org e@x.org\n" });
  postmap(home);
  const context = contextIn(home);
  const settings = { path: "map.lmdb" };
  t.same(
    await Array.fromAsync(
      dbmRecipients(section("dbm", { ...settings, take: "keys" }), context),
    ),
    ["a@x.org", "d@x.org"],
  );
  t.same(
    await Array.fromAsync(
      dbmRecipients(section("dbm", { ...settings, take: "values" }), context),
    ),
    ["b@x.org", "c@x.org", "e@x.org"],
  );
});

t.test("10,000 addresses of each source", async (t) => {
  const home = t.testdir();
  const all = Array.from({ length: 10_000 }, (_, i) => `u${i}@x.org`);
  writeFileSync(join(home, "f"), all.join("\n"));
  t.equal(
    (
      await Array.fromAsync(
        fileRecipients(section("file", { path: "f" }), contextIn(home)),
      )
    ).length,
    10_000,
  );
  const db = open<string, string>({
    path: join(home, "m.lmdb"),
    encoding: "string",
  });
  await Promise.all(all.map((one) => db.put(one, "")));
  await db.close();
  t.equal(
    (
      await Array.fromAsync(
        dbmRecipients(
          section("dbm", { path: "m.lmdb", take: "keys" }),
          contextIn(home),
        ),
      )
    ).length,
    10_000,
  );
  rmSync(join(home, "f"));
});

t.test("no list and no sender can change a filter", async (t) => {
  t.equal(
    filled(
      "(&(a=%{list})(b=%{sender})(c=%{other})(d=%{constructor}))",
      (name) =>
        name === "list" ? "x*)(y=\\\0" : name === "sender" ? "" : undefined,
    ),
    "(&(a=x\\2a\\29\\28y=\\5c\\00)(b=)(c=%{other})(d=%{constructor}))",
  );
  fc.assert(
    fc.property(
      fc.string({ unit: "binary" }),
      (sender) => !/[()*\0]/.test(filled("%{sender}", () => sender)),
    ),
  );
});
