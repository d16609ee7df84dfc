import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { holder, withKernelLock } from "../../src/base/held.ts";

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

/** The program that holds the lock of a file. */
function holderOf(file: string): number {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name)))
    try {
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
      if (words[0] === holder && words.includes(file)) return Number(pid);
    } catch {
      // It has ended meanwhile.
    }
  throw new Error(`nobody holds ${file}`);
}

t.test("signals that end a service leave the lock", { skip }, async (t) => {
  const file = join(t.testdir(), "file");
  await withKernelLock(file, "flock", async () => {
    const pid = holderOf(file);
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
      process.kill(pid, signal);
    t.notOk(isFree(file, "flock"));
  });
  t.ok(isFree(file, "flock"));
});

t.test("a lock that is lost is told", { skip }, async (t) => {
  const file = join(t.testdir(), "file");
  const act = async () => {
    const pid = holderOf(file);
    process.kill(pid, "SIGKILL");
    while (existsSync(`/proc/${pid}`))
      await new Promise((done) => setTimeout(done, 5));
  };
  await t.rejects(withKernelLock(file, "flock", act), {
    message: /file: its lock was lost/,
    exitCode: 75,
  });
});
