import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { open } from "lmdb";
import t from "tap";
import { fileOf, kindOf } from "../../../src/lists/sources/dbm/kind.ts";
import { dbmRecipients } from "../../../src/lists/sources/dbm.ts";
import { contextIn, section } from "./asking.ts";

async function write(path: string, entries: Record<string, string>) {
  const db = open<Buffer, Buffer>({
    path,
    noSubdir: path.endsWith(".lmdb"),
    encoding: "binary",
    keyEncoding: "binary",
  });
  for (const [key, value] of Object.entries(entries))
    await db.put(Buffer.from(key), Buffer.from(value));
  await db.close();
}

async function read(
  home: string,
  settings: Record<string, unknown>,
  refused: string[] = [],
): Promise<string[]> {
  const found = dbmRecipients(
    section("dbm", settings),
    contextIn(home, refused),
  );
  return (await Array.fromAsync(found)).flat();
}

t.test("keys or values, of a file or a folder", async (t) => {
  const home = t.testdir();
  for (const path of ["map.lmdb", "folder"]) {
    await write(join(home, path), {
      "b@x.org\0": "Doe <doe@x.org>, x, c@x.org",
      "a@x.org": "d@x.org\0",
      "@\0": "@\0",
      YP_LAST_MODIFIED: "1795416719",
      rubbish: "",
    });
    const refused: string[] = [];
    t.same(await read(home, { path, take: "keys" }, refused), [
      "a@x.org",
      "b@x.org",
    ]);
    t.same(await read(home, { path, take: "values" }, refused), [
      "d@x.org",
      "doe@x.org",
      "c@x.org",
    ]);
    t.same(refused.sort(), ["rubbish", "x"]);
  }
});

t.test("one name of an alias file, and what it may not start", async (t) => {
  const home = t.testdir();
  await write(join(home, "aliases.lmdb"), {
    "Dev\0": 'a@x.org, "|/bin/sh b@x.org", :include:/c@x.org, /d@x.org\0',
    "ops\0": "o@x.org\0",
  });
  const refused: string[] = [];
  const settings = { path: "aliases.lmdb", take: "values" };
  t.same(await read(home, { ...settings, key: "%{local}" }, refused), [
    "a@x.org",
  ]);
  t.equal(refused.length, 3);
  await t.rejects(read(home, { ...settings, key: "none" }), {
    name: "Failure",
    exitCode: 75,
    message: /\[dbm\] .*aliases\.lmdb: there is no entry none in it/,
  });
});

t.test(
  "a file that is missing is not made, a damaged one throws",
  async (t) => {
    const home = t.testdir({
      "text.lmdb": "x".repeat(10_000),
      "empty.lmdb": "",
      "people.cdb": "x".repeat(3000),
      folder: {},
    });
    const before = readdirSync(home);
    for (const path of [...before, "gone.lmdb", "gone"])
      await t.rejects(
        read(home, { path }),
        { name: "Failure", exitCode: 75, message: /^\[dbm\] / },
        path,
      );
    t.same(readdirSync(home), before);
    await t.rejects(read(home, { path: "gone" }), /there is no such file/);
    await t.rejects(read(home, { path: "text.lmdb" }), /none of the kinds/);
    await t.rejects(
      read(home, { path: "text.lmdb", type: "cdb" }),
      /not a cdb file/,
    );
  },
);

t.test("kinds are told by what is in a file", async (t) => {
  const home = t.testdir();
  const path = join(home, "f");
  const magic = (at: number, value: number, how: "LE" | "BE") => {
    const bytes = Buffer.alloc(100);
    if (how === "LE") bytes.writeUInt32LE(value, at);
    else bytes.writeUInt32BE(value, at);
    writeFileSync(path, bytes);
    return kindOf(path);
  };
  for (const how of ["LE", "BE"] as const) {
    t.equal(magic(12, 0x00061561, how), "hash");
    t.equal(magic(12, 0x00053162, how), "btree");
    t.equal(magic(0, 0x13579acf, how), "gdbm");
  }
  t.throws(() => magic(0, 1, "LE"), /none of the kinds/);
  await write(join(home, "a.lmdb"), { a: "b" });
  t.equal(kindOf(join(home, "a.lmdb")), "lmdb");
});

t.test("a map may be called as Postfix calls it", (t) => {
  const home = t.testdir({ map: "", "map.db": "", "map.cdb": "", own: "" });
  const at = (name: string) => join(home, name);
  t.equal(fileOf(at("map"), "hash"), at("map.db"));
  t.equal(fileOf(at("map.db"), "hash"), at("map.db"));
  t.equal(fileOf(at("map"), "cdb"), at("map.cdb"));
  t.equal(fileOf(at("own"), "hash"), at("own"));
  t.equal(fileOf(at("map"), "auto"), at("map"));
  t.end();
});
