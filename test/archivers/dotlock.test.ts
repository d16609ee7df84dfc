import { spawnSync } from "node:child_process";
import {
  existsSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t from "tap";
import { withDotLock } from "../../src/archivers/dotlock.ts";

t.test("one at a time, and nothing is left", async (t) => {
  const file = join(t.testdir(), "box");
  let inside = 0;
  let most = 0;
  await Promise.all(
    Array.from({ length: 5 }, () =>
      withDotLock(file, async () => {
        inside += 1;
        most = Math.max(most, inside);
        t.match(readFileSync(`${file}.lock`, "utf8"), `${process.pid}:`);
        await new Promise((done) => setTimeout(done, 5));
        inside -= 1;
      }),
    ),
  );
  t.equal(most, 1);
  t.same(readdirSync(join(file, "..")), []);
});

t.test("a lock of somebody else is waited for, and named", async (t) => {
  const file = join(t.testdir({ "box.lock": "123:far\n" }), "box");
  await t.rejects(
    withDotLock(file, async () => t.fail("it was locked"), 100),
    {
      message: /box\.lock: somebody else has locked it \(process 123 of far\)/,
    },
  );
  t.ok(existsSync(`${file}.lock`));
});

t.test("one of a process that is gone is taken away at once", async (t) => {
  const file = join(t.testdir(), "box");
  const dying = `
    import { withDotLock } from "${join(import.meta.dirname, "../../src/archivers/dotlock.ts")}";
    await withDotLock(process.argv[1], async () => process.kill(process.pid, "SIGKILL"));`;
  const args = ["--input-type=module", "-e", dying, file];
  t.equal(spawnSync(process.execPath, args).signal, "SIGKILL");
  t.ok(existsSync(`${file}.lock`));
  t.equal(await withDotLock(file, async () => "mine", 0), "mine");
});

t.test("one without a sign of life for five minutes goes too", async (t) => {
  const file = join(t.testdir(), "box");
  writeFileSync(`${file}.lock`, "");
  const old = Date.now() / 1000 - 301;
  utimesSync(`${file}.lock`, old, old);
  t.equal(await withDotLock(file, async () => "mine", 0), "mine");
  t.same(readdirSync(join(file, "..")), []);
});

t.test("who has lost it takes no lock away", async (t) => {
  const file = join(t.testdir(), "box");
  await withDotLock(file, async () => writeFileSync(`${file}.lock`, "other"));
  t.equal(readFileSync(`${file}.lock`, "utf8"), "other");
});
