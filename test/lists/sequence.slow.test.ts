import {
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t from "tap";
import {
  allot,
  highest,
  numberPath,
  removeUpTo,
} from "../../src/lists/sequence.ts";
import { sweepTickets, ticket } from "../../src/lists/ticket.ts";
import { child } from "./children.ts";

function files(dir: string) {
  let made = 0;
  return () => {
    const path = join(dir, `file-${++made}`);
    writeFileSync(path, path);
    return path;
  };
}

t.test("numbers count from 1, across the thousand", async (t) => {
  const dir = t.testdir();
  const file = files(dir);
  const folder = join(dir, "numbers");
  t.equal(highest(folder), 0);
  t.equal((await allot(folder, file(), "a")).number, 1);
  mkdirSync(join(folder, "0"), { recursive: true });
  for (let n = 2; n <= 998; n++) writeFileSync(numberPath(folder, n), "");
  t.equal((await allot(folder, file(), "b")).number, 999);
  t.equal((await allot(folder, file(), "c")).number, 1000);
  t.same(readdirSync(join(folder, "1")), ["1000"]);
  t.equal(highest(folder), 1000);
});

t.test("the same id keeps its number, file and note", async (t) => {
  const dir = t.testdir();
  const file = files(dir);
  const folder = join(dir, "numbers");
  const first = file();
  t.same(await allot(folder, first, "a", "2026-07"), {
    number: 1,
    note: "2026-07",
    path: numberPath(folder, 1),
  });
  await allot(folder, file(), "b");
  const again = await allot(folder, file(), "a", "2026-08");
  t.same(again, { number: 1, note: "2026-07", path: numberPath(folder, 1) });
  t.equal(readFileSync(again.path, "utf8"), first);
});

t.test(
  "a shelf made by a process that died before its first number is passed over",
  async (t) => {
    const dir = t.testdir();
    const folder = join(dir, "numbers");
    mkdirSync(join(folder, "0"), { recursive: true });
    for (let n = 1; n <= 999; n++) writeFileSync(numberPath(folder, n), "");
    mkdirSync(join(folder, "1"));
    t.equal(highest(folder), 999);
    t.equal((await allot(folder, files(dir)(), "a")).number, 1000);
  },
);

t.test(
  "several processes, two of them with the same ids: no gaps, no doubles, one number an id",
  async (t) => {
    const folder = join(t.testdir(), "numbers");
    const ended = await Promise.all(
      ["a", "a", "b", "b", "c", "d"].map((prefix) =>
        child("lists/allotting.ts", [folder, prefix, "1", "60"]),
      ),
    );
    const numbers = new Map<string, string>();
    for (const { lines, errors } of ended) {
      t.equal(lines.length, 60, errors);
      for (const line of lines) {
        const [id = "", number = ""] = line.split(" ");
        if ((numbers.get(id) ?? number) !== number) t.fail(`${id} has two`);
        numbers.set(id, number);
        if (readFileSync(numberPath(folder, Number(number)), "utf8") !== id)
          t.fail(`${number} is not ${id}`);
      }
    }
    const given = [...numbers.values()].map(Number).sort((a, b) => a - b);
    t.same(
      given,
      Array.from({ length: 240 }, (_, index) => index + 1),
    );
    t.equal(highest(folder), 240);
  },
);

t.test(
  "what is older than its age is swept, drafts too, and its id is a new one",
  async (t) => {
    const folder = join(t.testdir(), "recent");
    const put = (path: string) => mkdirSync(path);
    await ticket(folder, "old", "1", put);
    await ticket(folder, "young", "2", put);
    mkdirSync(join(folder, ".draft"));
    const long = statSync(folder).mtimeMs / 1000 - 100;
    utimesSync(join(folder, "old"), long, long);
    utimesSync(join(folder, ".draft"), long, long);
    sweepTickets(folder, 60_000);
    // A draft's own time may be that of an old post: what counts is when it was made.
    t.same(readdirSync(folder), [".draft", "young"]);
    t.equal((await ticket(folder, "old", "3", put)).label, "3");
    t.equal((await ticket(folder, "young", "4", put)).label, "2");
    sweepTickets(folder, -60_000);
    t.same(readdirSync(folder), []);
  },
);

t.test("what a removal leaves does not give a number twice", async (t) => {
  const dir = t.testdir();
  const file = files(dir);
  const folder = join(dir, "numbers");
  mkdirSync(join(folder, "0"), { recursive: true });
  for (let n = 1; n <= 999; n++) writeFileSync(numberPath(folder, n), "");
  await allot(folder, file(), "a");
  await allot(folder, file(), "b");
  removeUpTo(folder, 1000);
  t.same(readdirSync(folder).sort(), ["1", "recent"]);
  t.same(readdirSync(join(folder, "1")), ["1001"]);
  t.equal((await allot(folder, file(), "c")).number, 1002);
});

t.test("an id that could leave the folder is refused", async (t) => {
  const dir = t.testdir();
  for (const id of ["", "../x", ".x", "a/b", "A"])
    await t.rejects(allot(join(dir, "numbers"), files(dir)(), id), /not an id/);
});
