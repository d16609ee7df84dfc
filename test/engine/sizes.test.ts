import { spawnSync } from "node:child_process";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { fits, seldom } from "../../src/engine/sizes.ts";

t.test("all in a folder counts, and no link is followed", async (t) => {
  const folder = t.testdir({ a: { b: { file: "x".repeat(5000) } } });
  t.ok(fits(folder, 5000 + 2 * 1024));
  t.notOk(fits(folder, 5000 + 2 * 1024 - 1));
  symlinkSync("/", join(folder, "a/root"));
  t.ok(fits(folder, 5000 + 3 * 1024));
  t.ok(fits(join(folder, "none"), 0));
  t.notOk(fits(folder, -1));
});

t.test("very many empty files and folders are too much", async (t) => {
  const folder = t.testdir();
  for (let n = 0; n < 100; n += 1) {
    mkdirSync(join(folder, `${n}`));
    writeFileSync(join(folder, `${n}`, "empty"), "");
  }
  t.ok(fits(folder, 200 * 1024));
  t.notOk(fits(folder, 200 * 1024 - 1));
});

t.test("a path that is too long to be looked at is no crash", async (t) => {
  const folder = t.testdir({ deep: {} });
  const dig = spawnSync(
    "perl",
    [
      "-e",
      '$d = "x" x 250; (mkdir $d and chdir $d) or die "$!" for 1 .. 20; print "dug"',
    ],
    { cwd: join(folder, "deep"), encoding: "utf8" },
  );
  const found = [100, 10].map((most) => {
    try {
      return fits(folder, most * 1024);
    } catch (error) {
      return error;
    }
  });
  // Node cannot remove it.
  spawnSync("rm", ["-rf", join(folder, "deep")]);
  t.equal(dig.stdout, "dug", dig.stderr);
  t.same(found, [true, false]);
});

t.test("a look that takes long is made seldom", async (t) => {
  let now = 0;
  let looks = 0;
  let takes = 0;
  const look = seldom(
    () => {
      looks += 1;
      now += takes;
      return looks;
    },
    () => now,
  );
  t.same([look(), look(), look()], [1, 2, 3], "one that takes no time, always");
  takes = 2;
  t.equal(look(), 4);
  now += 39;
  t.equal(look(), undefined);
  now += 1;
  t.equal(look(), 5);
});
