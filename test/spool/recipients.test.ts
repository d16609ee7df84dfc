import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import {
  cut,
  hasRecipients,
  type Portion,
  pagesOfRecipients,
  recipientsFile,
  recipientsOf,
  wholeList,
} from "../../src/spool/recipients.ts";

/** Lists as hooks leave them: some without a last line end, some with blank lines. */
const lists = fc
  .tuple(
    fc.array(
      fc.oneof(
        {
          weight: 9,
          arbitrary: fc.stringMatching(/^[a-zü+]{1,9}@[a-z.]{1,9}$/),
        },
        { weight: 1, arbitrary: fc.constant("") },
      ),
      { maxLength: 40 },
    ),
    fc.boolean(),
  )
  .map(([lines, ends]) => lines.join("\n") + (ends ? "\n" : ""));

const folder = t.testdir();
let entries = 0;

/** An entry with a list. */
function entryWith(list: string): string {
  const entry = join(folder, String(entries++));
  mkdirSync(entry);
  writeFileSync(recipientsFile(entry), list);
  return entry;
}

/** All portions that come of a list that is cut again and again. */
function allOf(entry: string, size: number, most: number): Portion[] {
  const file = recipientsFile(entry);
  const found: Portion[] = [];
  let rest: Portion | undefined = wholeList(file);
  while (rest) {
    const next: ReturnType<typeof cut> = cut(file, rest, size, most);
    t.ok(next.portions.length <= most + Number(next.rest === undefined));
    found.push(...next.portions);
    rest = next.rest;
  }
  return found;
}

t.test("a list is cut without losing or doubling anybody", async (t) => {
  const sizes = fc.integer({ min: 1, max: 7 });
  await fc.assert(
    fc.asyncProperty(lists, sizes, sizes, async (list, size, most) => {
      const entry = entryWith(list);
      const whole = wholeList(recipientsFile(entry));
      const portions = allOf(entry, size, most);
      t.same(
        portions.flatMap((portion) => recipientsOf(entry, portion)),
        list.split("\n").filter(Boolean),
        "in their order",
      );
      let end = 0;
      for (const portion of portions) {
        t.equal(portion.start, end, "one begins where the other ends");
        end = portion.end;
        t.ok(portion.count >= 1 && portion.count <= size);
      }
      t.equal(end, whole.end);
      t.equal(
        portions.reduce((sum, { count }) => sum + count, 0),
        whole.count,
      );
      for (const { count } of portions.slice(0, -1)) t.equal(count, size);
    }),
    { numRuns: 200 },
  );
});

t.test("lines that lie across what is read at once", async (t) => {
  const list = Array.from({ length: 40_000 }, (_, n) => `member${n}@x.org\n`);
  const entry = entryWith(list.join("").trimEnd());
  const whole = wholeList(recipientsFile(entry));
  t.equal(whole.count, 40_000);
  const portions = allOf(entry, 999, 7);
  t.equal(portions.length, Math.ceil(40_000 / 999));
  const found = portions.flatMap((portion) => recipientsOf(entry, portion));
  t.same(
    found,
    list.map((line) => line.trimEnd()),
  );
});

t.test("what is left is told, and how much that is", async (t) => {
  const entry = entryWith("a@x\nb@x\nc@x\nd@x\ne@x");
  const file = recipientsFile(entry);
  const whole = wholeList(file);
  t.same(cut(file, whole, 2, 1), {
    portions: [{ start: 0, end: 8, count: 2 }],
    rest: { start: 8, end: 19, count: 3 },
  });
  t.same(cut(file, whole, 2, 2).rest, { start: 16, end: 19, count: 1 });
  t.same(cut(file, whole, 2, 3), {
    portions: [
      { start: 0, end: 8, count: 2 },
      { start: 8, end: 16, count: 2 },
      { start: 16, end: 19, count: 1 },
    ],
    rest: undefined,
  });
  t.same(cut(file, whole, 5, 3).portions, [whole]);
});

t.test("line ends as Windows has them are no part of an address", async (t) => {
  const entry = entryWith("a@x\r\nb@x\r\n\r\nc@x\r");
  t.same(recipientsOf(entry), ["a@x", "b@x", "c@x"]);
  const portions = allOf(entry, 1, 2);
  t.same(
    portions.flatMap((portion) => recipientsOf(entry, portion)),
    ["a@x", "b@x", "c@x"],
  );
});

t.test("an entry without a list has no recipients", async (t) => {
  const entry = join(folder, "none");
  mkdirSync(entry);
  t.notOk(hasRecipients(entry));
  t.same(recipientsOf(entry), []);
  t.same(recipientsOf(entry, { start: 0, end: 4, count: 1 }), []);
  t.notOk(existsSync(recipientsFile(entry)));
  const empty = entryWith("");
  t.ok(hasRecipients(empty));
  t.same(wholeList(recipientsFile(empty)), { start: 0, end: 0, count: 0 });
});

t.test("a file that is too short for the portion is told of", async (t) => {
  const entry = entryWith("a@x\nb@x\n");
  const portion = { start: 4, end: 12, count: 2 };
  t.throws(() => recipientsOf(entry, portion), /shorter than the entry's/);
  const file = recipientsFile(entry);
  t.throws(() => cut(file, portion, 3, 9), /shorter than the entry's/);
});

t.test("a wrong count makes no portion of nothing", async (t) => {
  const entry = entryWith("a@x\nb@x\nc@x\n");
  const file = recipientsFile(entry);
  for (const count of [1, 2, 50]) {
    const { portions, rest } = cut(file, { start: 0, end: 12, count }, 2, 9);
    t.equal(rest, undefined);
    t.same(
      portions.map((portion) => portion.count),
      [2, 1],
    );
  }
});

t.test("pages have the recipients, in order, of any portion", (t) => {
  const entry = t.testdir();
  const file = join(entry, "recipients");
  const line = fc.oneof(
    fc.constantFrom("", "a@x.org", "grüße@x.org", "b@x.org\r"),
    // Lines that lie over the end of a chunk, and one that is longer than it.
    fc.integer({ min: 1, max: 90_000 }).map((size) => "é".repeat(size)),
  );
  fc.assert(
    fc.property(
      fc.array(line, { maxLength: 12 }),
      fc.boolean(),
      fc.nat(),
      fc.nat(),
      (lines, ends, from, to) => {
        const text = lines.join("\n") + (ends && lines.length > 0 ? "\n" : "");
        writeFileSync(file, text);
        t.same([...pagesOfRecipients(entry)].flat(), recipientsOf(entry));
        const starts = [0];
        for (const line of lines)
          starts.push((starts.at(-1) ?? 0) + Buffer.byteLength(line) + 1);
        const size = Buffer.byteLength(text);
        const at = (n: number) =>
          Math.min(starts[n % starts.length] ?? 0, size);
        const [start = 0, end = 0] = [at(from), at(to)].sort((a, b) => a - b);
        const portion = { start, end, count: 0 };
        t.same(
          [...pagesOfRecipients(entry, portion)].flat(),
          recipientsOf(entry, portion),
        );
      },
    ),
    { numRuns: 60 },
  );
  t.end();
});

t.test("a list that is missing, or shorter than its portion", (t) => {
  const recipients = "a@x.org\nb@x.org\n";
  const dir = t.testdir({ entry: { recipients }, none: {} });
  const entry = join(dir, "entry");
  t.throws(() => [...pagesOfRecipients(join(dir, "none"))], { code: "ENOENT" });
  t.throws(
    () => [...pagesOfRecipients(entry, { start: 0, end: 99, count: 9 })],
    /recipients: shorter than the entry's portion of it/,
  );
  t.end();
});
