import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t from "tap";
import { find, store } from "../../src/archive/store.ts";
import { child } from "../lists/children.ts";

const july = new Date("2026-07-31T23:59:59Z");
const august = new Date("2026-08-01T00:00:00Z");

function post(text: string) {
  return [Buffer.from("Subject: x\n\n"), Buffer.from(text)];
}

/** The numbers in an archive, and the subject under each. */
function numbered(archiveDir: string): Map<number, string> {
  const found = new Map<number, string>();
  const folder = join(archiveDir, "numbers");
  for (const shelf of readdirSync(folder))
    if (shelf !== "recent")
      for (const name of readdirSync(join(folder, shelf)))
        found.set(
          Number(name),
          /Subject: (.*)/.exec(
            readFileSync(join(folder, shelf, name), "utf8"),
          )?.[1] ?? "",
        );
  return found;
}

t.test(
  "a post is found by its number and in its month, and nothing else is left",
  async (t) => {
    const archiveDir = join(t.testdir(), "dev@example.org");
    const stored = await store({
      archiveDir,
      id: "a",
      content: post("one"),
      date: july,
    });
    t.same(stored, { number: 1, path: join(archiveDir, "2026/07/1.eml") });
    t.equal(readFileSync(stored.path, "utf8"), "Subject: x\n\none");
    t.equal(statSync(stored.path).mode & 0o777, 0o640);
    const found = find(archiveDir, 1);
    t.equal(found?.end, 15);
    t.equal(statSync(found?.path ?? "").ino, statSync(stored.path).ino);
    t.equal(find(archiveDir, 2), undefined);
    t.same(readdirSync(join(archiveDir, "numbers", "recent")), ["a"]);
  },
);

t.test("the same id finds it done, also a month later", async (t) => {
  const archiveDir = t.testdir();
  const first = { archiveDir, id: "a", content: post("one"), date: july };
  await store(first);
  await store({ ...first, id: "b", content: post("two"), date: august });
  const again = await store({ ...first, date: august });
  t.same(again, { number: 1, path: join(archiveDir, "2026/07/1.eml") });
  t.same(readdirSync(join(archiveDir, "2026", "08")), ["2.eml"]);
});

t.test(
  "a file of the spool is linked, and copied where others may read or write it",
  async (t) => {
    const dir = t.testdir({ message: "Subject: x\n\nwhole\n" });
    const archiveDir = join(dir, "archive");
    const path = join(dir, "message");
    const content = [{ path, start: 0, end: statSync(path).size }];
    chmodSync(path, 0o640);
    const linked = await store({ archiveDir, id: "a", content, date: july });
    t.equal(statSync(linked.path).ino, statSync(path).ino);
    chmodSync(path, 0o644);
    const copied = await store({ archiveDir, id: "b", content, date: july });
    t.not(statSync(copied.path).ino, statSync(path).ino);
    t.equal(statSync(copied.path).mode & 0o777, 0o640);
    const part = [{ path, start: 12, end: 17 }];
    const cut = await store({ archiveDir, id: "c", content: part, date: july });
    t.equal(readFileSync(cut.path, "utf8"), "whole");
  },
);

t.test("a foreign file in the way is a failure that names it", async (t) => {
  const archiveDir = t.testdir({ "2026": { "07": { "1.eml": "mine" } } });
  await t.rejects(
    store({ archiveDir, id: "a", content: post("one"), date: july }),
    { name: "Failure", message: /2026\/07\/1\.eml is not post 1/ },
  );
});

t.test(
  "killed behind the number, the same id completes the month",
  async (t) => {
    const home = t.testdir({});
    const archive = join(home, "archive");
    const died = await child("archive/storing.ts", [home, "1", "1"], {
      failpoint: "number-allotted",
    });
    t.equal(died.signal, "SIGKILL");
    t.throws(() => readdirSync(join(archive, "2026")), { code: "ENOENT" });
    t.same((await child("archive/storing.ts", [home, "3", "3"])).lines, [
      "e3 2",
    ]);
    t.same((await child("archive/storing.ts", [home, "1", "1"])).lines, [
      "e1 1",
    ]);
    t.same(readdirSync(join(archive, "2026", "07")).sort(), ["1.eml", "2.eml"]);
  },
);

t.test(
  "4 processes, killed again and again: 1 to 1000, no gaps, no doubles, each id once",
  async (t) => {
    const home = t.testdir({ spool: {} });
    for (let n = 2; n <= 1000; n += 2)
      writeFileSync(
        join(home, "spool", String(n)),
        `Subject: post ${n}\n\nHello\n`,
        { mode: 0o640 },
      );
    const said = new Map<string, Set<string>>();
    const note = (lines: string[]) => {
      for (const line of lines) {
        const [id = "", number = ""] = line.split(" ");
        said.set(id, (said.get(id) ?? new Set()).add(number));
      }
    };
    let kills = 0;
    const range = async (first: number) => {
      const last = first + 249;
      for (let at = first; at <= last; ) {
        const killAfter = 1 + Math.floor(Math.random() * 100);
        const args = [home, String(at), String(last)];
        const ended = await child("archive/storing.ts", args, { killAfter });
        note(ended.lines);
        if (ended.code === 0) return;
        if (ended.signal !== "SIGKILL") throw new Error(ended.errors);
        kills += 1;
        // Some are done again, as the spool would.
        at = Math.max(first, at + ended.lines.length - 3);
      }
    };
    await Promise.all([1, 251, 501, 751].map(range));
    t.ok(kills > 4, `${kills} kills`);
    const expected = Array.from({ length: 1000 }, (_, index) => index + 1);
    const found = numbered(join(home, "archive"));
    t.same(
      [...found.keys()].sort((a, b) => a - b),
      expected,
    );
    t.equal(new Set(found.values()).size, 1000);
    for (const [id, numbers] of said) {
      const [number] = numbers;
      if (
        numbers.size !== 1 ||
        found.get(Number(number)) !== `post ${id.slice(1)}`
      )
        t.fail(`${id}: ${[...numbers]} holds ${found.get(Number(number))}`);
    }
    t.equal(said.size, 1000);
    t.equal(readdirSync(join(home, "archive", "2026", "07")).length, 1000);
  },
);

t.test("a number whose post was emptied is not given again", async (t) => {
  const archiveDir = t.testdir();
  const { path } = await store({
    archiveDir,
    id: "a",
    content: post("1"),
    date: july,
  });
  unlinkSync(path);
  writeFileSync(join(archiveDir, "numbers", "0", "1"), "");
  const next = await store({
    archiveDir,
    id: "b",
    content: post("2"),
    date: july,
  });
  t.equal(next.number, 2);
});

t.test("an archive that was moved away starts again at 1", async (t) => {
  const dir = t.testdir();
  const archiveDir = join(dir, "archive");
  mkdirSync(archiveDir);
  await store({ archiveDir, id: "a", content: post("1"), date: july });
  renameSync(archiveDir, join(dir, "old"));
  const next = await store({
    archiveDir,
    id: "b",
    content: post("2"),
    date: july,
  });
  t.equal(next.number, 1);
});
