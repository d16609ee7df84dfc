import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { withKernelLock } from "../../src/base/held.ts";

const skip = existsSync("/usr/bin/perl") ? false : "no Perl here";

/** Whether Python can lock it. */
function isFree(file: string, call: string): boolean {
  const program = `import fcntl,sys\nfcntl.${call}(open(sys.argv[1],"a"), fcntl.LOCK_EX|fcntl.LOCK_NB)`;
  return spawnSync("python3", ["-c", program, file]).status === 0;
}

for (const [kind, call] of [
  ["fcntl", "lockf"],
  ["flock", "flock"],
] as const)
  t.test(`${kind}: other programs see the lock`, { skip }, async (t) => {
    const file = join(t.testdir(), "file");
    await withKernelLock(file, kind, async () => {
      t.notOk(isFree(file, call));
      await t.rejects(
        withKernelLock(file, kind, async () => t.fail("it was locked"), 0),
        /somebody else has locked it/,
      );
    });
    t.ok(isFree(file, call));
  });

t.test(
  "it ends with what was done, also where that failed",
  { skip },
  async (t) => {
    const file = join(t.testdir(), "file");
    const fail = () => Promise.reject(new Error("broken"));
    await t.rejects(withKernelLock(file, "flock", fail), /broken/);
    t.ok(isFree(file, "flock"));
    await t.rejects(
      withKernelLock(join(file, "x"), "flock", fail),
      /Not a directory/,
    );
  },
);
