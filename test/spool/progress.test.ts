import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
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
    progress.close();
  },
);

t.test("notes go into the room that was taken for them", async (t) => {
  const claim = claimAt(t.testdir());
  const file = join(claim.path, "progress");
  const progress = new Progress(claim);
  await progress.append(["a"]);
  await progress.reserve(100);
  t.equal(statSync(file).size, 102);
  await progress.append(["b", "c"]);
  t.equal(statSync(file).size, 102, "no longer than before");
  t.same(progress.lines(), ["a", "b", "c"]);
  t.same(new Progress(claim).lines(), ["a", "b", "c"]);
  await progress.reserve(50);
  t.equal(statSync(file).size, 102, "there is room for that still");
  await progress.reserve(100);
  t.equal(statSync(file).size, 106);
  await progress.append(["d".repeat(200)]);
  t.same(progress.lines(), ["a", "b", "c", "d".repeat(200)], "and beyond it");
});

t.test("whatever a crash leaves of notes in their room", async (t) => {
  const line = fc.stringMatching(/^[a-zü\t@.]{1,12}$/);
  const dir = t.testdir();
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(line),
      fc.array(line, { minLength: 1 }),
      fc.nat(),
      fc.nat({ max: 40 }),
      fc.array(line, { minLength: 1 }),
      async (before, torn, at, room, after) => {
        const claim = claimAt(join(dir, String(runs++)));
        mkdirSync(claim.path);
        const written = new Progress(claim);
        await written.append(before);
        const text = torn.map((each) => `${each}\n`).join("");
        const whole = Buffer.from(text);
        await written.reserve(whole.length + room);
        written.close();
        const file = join(claim.path, "progress");
        const data = readFileSync(file);
        const begin = data.length - whole.length - room;
        const part = whole.subarray(0, at % whole.length);
        part.copy(data, begin);
        writeFileSync(file, data);
        const lines = part.toString().split("\n").slice(0, -1);
        const progress = new Progress(claim);
        t.same(progress.lines(), [...before, ...lines]);
        await progress.append(after);
        progress.close();
        const all = [...before, ...lines, ...after];
        t.same(new Progress(claim).lines(), all);
        t.match(readFileSync(file, "utf8"), /\n *$/);
      },
    ),
    { numRuns: 50 },
  );
});

t.test(
  "a disk without room is met before, and is left none the fuller",
  async (t) => {
    const disk = smallDisk(t);
    if ("missing" in disk) return t.plan(0, disk.missing);
    const claim = claimAt(disk.folder);
    const progress = new Progress(claim);
    await progress.append(["a"]);
    const filler = fill(disk.folder, 8192);
    await t.rejects(progress.reserve(100_000), { code: "ENOSPC" });
    t.equal(statSync(join(claim.path, "progress")).size, 2);
    rmSync(filler);
    await progress.reserve(100_000);
    fill(disk.folder);
    const lines = Array.from({ length: 5000 }, (_, n) => `sent\t${n}\tok`);
    await progress.append(lines);
    progress.close();
    t.same(progress.lines(), ["a", ...lines], "though the disk is full now");
  },
);

t.test("room is taken for no entry that is gone", async (t) => {
  const dir = t.testdir({ mine: {} });
  const claim = claimAt(join(dir, "mine"));
  const progress = new Progress(claim);
  await progress.reserve(10);
  renameSync(claim.path, join(dir, "theirs"));
  await t.rejects(progress.reserve(100), Fenced);
  await t.rejects(new Progress(claim).reserve(100), Fenced);
  t.equal(statSync(join(dir, "theirs", "progress")).size, 10);
});
