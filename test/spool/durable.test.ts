import {
  existsSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t from "tap";
import { makeFolder, replace, writeNew } from "../../src/spool/durable.ts";
import { fill, smallDisk } from "./fixtures/disk.ts";

async function* failing() {
  yield Buffer.from("half of it");
  throw new Error("the line went dead");
}

t.test("text, pieces and streams are written as they are", async (t) => {
  const dir = t.testdir({ old: "0123456789" });
  const at = (name: string) => join(dir, name);
  await writeNew(at("text"), "grüße\n");
  t.equal(readFileSync(at("text"), "utf8"), "grüße\n");
  await writeNew(at("pieces"), [
    Buffer.from("a"),
    { path: at("old"), start: 2, end: 5 },
    Buffer.from("b"),
  ]);
  t.equal(readFileSync(at("pieces"), "utf8"), "a234b");
  await writeNew(at("nothing"), []);
  t.equal(statSync(at("nothing")).size, 0);
  t.equal(statSync(at("text")).mode & 0o007, 0, "not for everybody's eyes");
});

t.test("a file that is there is never written over", async (t) => {
  const dir = t.testdir({ message: "old" });
  await t.rejects(writeNew(join(dir, "message"), "new"), { code: "EEXIST" });
  t.equal(readFileSync(join(dir, "message"), "utf8"), "old");
});

t.test(
  "a source that fails leaves no file and keeps its own error",
  async (t) => {
    const dir = t.testdir();
    const path = join(dir, "message");
    await t.rejects(writeNew(path, failing()), /the line went dead/);
    t.same(readdirSync(dir), []);
    const missing = { path: join(dir, "missing"), start: 0, end: 10 };
    await t.rejects(writeNew(path, [missing]), { code: "ENOENT" });
    t.same(readdirSync(dir), []);
  },
);

t.test(
  "replacing gives the new content, and on failure keeps the old",
  async (t) => {
    const dir = t.testdir({ file: "old" });
    const path = join(dir, "file");
    await t.rejects(replace(path, failing()), /the line went dead/);
    t.equal(readFileSync(path, "utf8"), "old");
    await Promise.all(["one", "two", "three"].map((it) => replace(path, it)));
    t.match(readFileSync(path, "utf8"), /^(one|two|three)$/);
    t.same(readdirSync(dir), ["file"]);
  },
);

t.test(
  "folders are made with those above them, and may be there",
  async (t) => {
    const path = join(t.testdir(), "a", "b", "c");
    await makeFolder(path);
    await makeFolder(path);
    t.ok(statSync(path).isDirectory());
  },
);

t.test("a full disk: ENOSPC, no file, and the old one is whole", async (t) => {
  const disk = smallDisk(t);
  if ("missing" in disk) return t.plan(0, disk.missing);
  const at = (name: string) => join(disk.folder, name);
  writeFileSync(at("settings"), "old");
  fill(disk.folder, 100_000);
  const large = [Buffer.alloc(60_000), Buffer.alloc(60_000)];
  await t.rejects(writeNew(at("message"), large), { code: "ENOSPC" });
  t.notOk(existsSync(at("message")));
  await t.rejects(replace(at("settings"), large), { code: "ENOSPC" });
  t.equal(readFileSync(at("settings"), "utf8"), "old");
  t.same(readdirSync(disk.folder).sort(), ["filler", "settings"]);
  await writeNew(at("message"), [Buffer.alloc(60_000)]);
});
