import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { type Claim, Fenced } from "../../src/spool/claim.ts";
import { Progress } from "../../src/spool/progress.ts";
import { fill, smallDisk } from "./fixtures/disk.ts";

function claimAt(path: string): Claim {
  return { queue: "outbound", name: { due: 0, attempt: 0, id: "" }, path };
}

t.test("nothing done, nothing there", async (t) => {
  const claim = claimAt(t.testdir());
  const progress = new Progress(claim);
  t.same(progress.lines(), []);
  await progress.append([]);
  t.notOk(existsSync(join(claim.path, "progress")));
});

t.test("lines are added, and found again by another node", async (t) => {
  const claim = claimAt(t.testdir());
  const progress = new Progress(claim);
  await progress.append(["a\tsent\t250 ok"]);
  await Promise.all([progress.append(["b", "grüße"]), progress.append(["c"])]);
  t.same(progress.lines(), ["a\tsent\t250 ok", "b", "grüße", "c"]);
  const other = new Progress(claim);
  t.same(other.lines(), progress.lines());
  await other.append(["d"]);
  t.same(progress.lines().at(-1), "d");
});

for (const looks of [true, false])
  t.test(
    `a line that a crash tore never counts, ${looks ? "read" : "not read"} before the next`,
    async (t) => {
      const line = fc.stringMatching(/^[a-zü\t@.]{1,12}$/);
      const dir = t.testdir();
      let runs = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(line),
          line,
          fc.array(line, { minLength: 1 }),
          async (before, torn, after) => {
            const claim = claimAt(join(dir, String(runs++)));
            mkdirSync(claim.path);
            await new Progress(claim).append(before);
            const bytes = Buffer.from(torn);
            appendFileSync(
              join(claim.path, "progress"),
              bytes.subarray(0, 1 + (bytes.length >> 1)),
            );
            const progress = new Progress(claim);
            if (looks) t.same(progress.lines(), before);
            await progress.append(after);
            t.same(progress.lines(), [...before, ...after]);
            t.same(new Progress(claim).lines(), [...before, ...after]);
          },
        ),
        { numRuns: 20 },
      );
    },
  );

t.test(
  "after a takeover nothing is written, neither here nor there",
  async (t) => {
    const dir = t.testdir({ mine: {} });
    const claim = claimAt(join(dir, "mine"));
    const progress = new Progress(claim);
    await progress.append(["a"]);
    renameSync(claim.path, join(dir, "theirs"));
    await t.rejects(progress.append(["b"]), Fenced);
    await t.rejects(new Progress(claim).append(["b"]), Fenced);
    t.notOk(existsSync(claim.path));
    t.equal(readFileSync(join(dir, "theirs", "progress"), "utf8"), "a\n");
  },
);

t.test(
  "a full disk: what was noted stays, and noting goes on later",
  async (t) => {
    const disk = smallDisk(t);
    if ("missing" in disk) return t.plan(0, disk.missing);
    const claim = claimAt(disk.folder);
    const progress = new Progress(claim);
    await progress.append(["a"]);
    const filler = fill(disk.folder);
    const lines = Array.from({ length: 10_000 }, (_, n) => `${n}@example.org`);
    await t.rejects(progress.append(lines), { code: "ENOSPC" });
    rmSync(filler);
    await progress.append(["b"]);
    t.same(progress.lines(), ["a", "b"]);
  },
);
