import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t from "tap";
import { claimName, makeOwn, move, moveFile } from "../../src/spool/nfs.ts";

t.test(
  "a move has one winner, and knows itself after a lost reply",
  async (t) => {
    const dir = t.testdir({ from: "x" });
    const at = (name: string) => join(dir, name);
    t.equal(move(at("from"), at("to")), true);
    t.equal(move(at("from"), at("to")), true, "it had happened");
    t.equal(move(at("from"), at("elsewhere")), false, "somebody else took it");
    t.throws(() => move(at("to"), join(dir, "none", "to")), { code: "ENOENT" });
    t.throws(() => move(at("to"), join(dir, "to", "file")), {
      code: "ENOTDIR",
    });
    t.ok(existsSync(at("to")));
  },
);

t.test("a file is moved over another, or it throws", async (t) => {
  const dir = t.testdir({ draft: "new", file: "old" });
  const at = (name: string) => join(dir, name);
  moveFile(at("draft"), at("file"));
  t.equal(readFileSync(at("file"), "utf8"), "new");
  moveFile(at("draft"), at("file"));
  t.throws(() => moveFile(at("draft"), at("nothing")), { code: "ENOENT" });
});

t.test("a name is claimed by one file, again and again", async (t) => {
  const dir = t.testdir({ one: "1", two: "2" });
  const at = (name: string) => join(dir, name);
  t.equal(claimName(at("one"), at("name")), true);
  t.equal(claimName(at("one"), at("name")), true);
  t.equal(claimName(at("two"), at("name")), false);
  t.equal(readFileSync(at("name"), "utf8"), "1");
  rmSync(at("name"));
  linkSync(at("two"), at("name"));
  t.equal(claimName(at("two"), at("name")), true);
  t.throws(() => claimName(at("none"), at("other")), { code: "ENOENT" });
});

t.test("a folder that was made before its reply was lost is one's own", (t) => {
  const dir = t.testdir();
  const folder = join(dir, "entry");
  makeOwn(folder);
  makeOwn(folder);
  writeFileSync(join(folder, "message"), "");
  t.throws(() => makeOwn(folder), { code: "EEXIST" });
  mkdirSync(join(dir, "other"));
  t.throws(() => makeOwn(join(dir, "none", "entry")), { code: "ENOENT" });
  writeFileSync(join(dir, "file"), "");
  t.throws(() => makeOwn(join(dir, "file")), { code: "ENOTDIR" });
  t.end();
});
