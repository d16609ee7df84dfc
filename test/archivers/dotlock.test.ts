import { spawnSync } from "node:child_process";
import {
  existsSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { mock } from "node:test";
import t from "tap";
import { withDotLock } from "../../src/archivers/dotlock.ts";
import { fill, smallDisk } from "../spool/fixtures/disk.ts";

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

t.test("a sign of life that cannot be given ends nothing", async (t) => {
  // The lock has the longest name that there is, and none is left for the file that tells the time.
  const file = join(t.testdir(), "x".repeat(250));
  mock.timers.enable({ apis: ["setInterval"] });
  t.teardown(() => mock.timers.reset());
  const done = await withDotLock(file, async () => {
    mock.timers.tick(60_000);
    return existsSync(`${file}.lock`);
  });
  t.ok(done);
});

t.test("what tells the time is not left by those that died", async (t) => {
  const file = join(t.testdir(), "box");
  const name = (kind: string) => `${file}.lock${kind}`;
  const uuid = ".0b5c1dca-9c94-4b7c-a09d-0d3a4a3bd2f0";
  const fresh = ".1b5c1dca-9c94-4b7c-a09d-0d3a4a3bd2f0";
  const old = Date.now() / 1000 - 301;
  for (const kind of ["", uuid, fresh, ".mine"]) writeFileSync(name(kind), "");
  for (const kind of ["", uuid, ".mine"]) utimesSync(name(kind), old, old);
  await withDotLock(file, async () => {}, 0);
  t.same(readdirSync(join(file, "..")).sort(), [
    `box.lock${fresh}`,
    "box.lock.mine",
  ]);
});

t.test("a full disk leaves no empty lock", async (t) => {
  const disk = smallDisk(t);
  if ("missing" in disk) return t.plan(0, disk.missing);
  const file = join(disk.folder, "box");
  fill(disk.folder);
  await t.rejects(
    withDotLock(file, async () => "mine"),
    { code: "ENOSPC" },
  );
  t.notOk(existsSync(`${file}.lock`));
});
