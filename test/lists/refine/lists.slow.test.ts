// Refining against what says the same in three lines: sets and sorts of strings. Small memory makes
// the ways over files run.
import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { distinct } from "../../../src/lists/refine/distinct.ts";
import { filtered } from "../../../src/lists/refine/filter.ts";
import { ordered } from "../../../src/lists/refine/ordered.ts";

const dir = t.testdir();
let files = 0;
const scratch = () => {
  files += 1;
  return join(dir, String(files));
};

function fileOf(lines: readonly string[], lastEnd = "\n"): string {
  const path = scratch();
  writeFileSync(path, lines.join("\n") + (lines.length > 0 ? lastEnd : ""));
  return path;
}

/** Of a list that stays as it is no new file is made. */
function linesOf(to: string, from: string): string[] {
  if (existsSync(to)) return linesIn(to);
  return readFileSync(from, "utf8").split("\n").filter(Boolean);
}

function linesIn(path: string): string[] {
  const text = readFileSync(path, "utf8");
  assert.ok(text === "" || text.endsWith("\n"));
  return text.split("\n").slice(0, -1);
}

const word = fc.oneof(
  fc.constantFrom(
    "a",
    "A",
    "b",
    "é",
    "É",
    "x@y",
    "İ",
    "😀",
    "Σ",
    "a.b",
    "long".repeat(400),
  ),
  fc
    .string({ minLength: 1, maxLength: 6 })
    .map((text) => text.replace(/[\n@]/g, "") || "z"),
);
const domain = fc.constantFrom(
  "x.org",
  "X.org",
  "y.org",
  "xx.org",
  "é.org",
  "É.org",
  "o",
  "",
);
const address = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(word, domain).map(([local, at]) => `${local}@${at}`),
  },
  { weight: 1, arbitrary: word },
);
const lists = fc.array(address, { maxLength: 80 });
const memories = fc.constantFrom(1, 100, 600, 4000, 2 ** 20);
const ends = fc.constantFrom("", "\n");

const domainOf = (line: string) =>
  line.includes("@") ? line.slice(line.lastIndexOf("@") + 1).toLowerCase() : "";

function keyOf(line: string, anyCase: boolean): string {
  if (anyCase) return line.toLowerCase();
  const at = line.lastIndexOf("@");
  return at < 0 ? line : line.slice(0, at) + line.slice(at).toLowerCase();
}

t.test("each address once, in memory or not", async () => {
  await fc.assert(
    fc.asyncProperty(
      lists,
      memories,
      fc.boolean(),
      ends,
      async (given, memory, anyCase, end) => {
        const from = fileOf(given, end);
        const to = scratch();
        const sameness = anyCase ? "any-case" : "exact";
        const found = await distinct(from, to, sameness, scratch, memory);
        const seen = new Set<string>();
        const wanted = given.filter((line) => {
          const key = keyOf(line, anyCase);
          return !seen.has(key) && seen.add(key);
        });
        assert.deepEqual(linesOf(to, from), wanted);
        assert.deepEqual(found, {
          kept: wanted.length,
          dropped: given.length - wanted.length,
        });
      },
    ),
    { numRuns: 200 },
  );
});

t.test("by domain, those of one in their order", async () => {
  await fc.assert(
    fc.asyncProperty(lists, memories, ends, async (given, memory, end) => {
      const to = scratch();
      await ordered(fileOf(given, end), to, (name) => name, scratch, memory);
      const bytes = (line: string) => Buffer.from(domainOf(line));
      const wanted = given.toSorted((a, b) =>
        Buffer.compare(bytes(a), bytes(b)),
      );
      assert.deepEqual(linesIn(to), wanted);
    }),
    { numRuns: 200 },
  );
});

t.test("by what a domain is told to rank", async () => {
  const backwards = (name: string) => [...name].reverse().join("");
  await fc.assert(
    fc.asyncProperty(lists, memories, async (given, memory) => {
      const ascii = given.filter((line) => /^[ -~]*$/.test(line));
      const to = scratch();
      await ordered(fileOf(ascii), to, backwards, scratch, memory);
      const rank = (line: string) => backwards(domainOf(line));
      const wanted = ascii.toSorted((a, b) =>
        rank(a) === rank(b) ? 0 : rank(a) < rank(b) ? -1 : 1,
      );
      assert.deepEqual(linesIn(to), wanted);
    }),
    { numRuns: 100 },
  );
});

t.test("what is left out is left out, and empty lines are", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(address, fc.constant("")), { maxLength: 40 }),
      fc.string({ maxLength: 1 }),
      async (given, letter) => {
        const from = fileOf(given);
        const to = scratch();
        await filtered(
          from,
          to,
          (block, start, end) =>
            !block.toString("utf8", start, end).includes(letter || "q"),
        );
        assert.deepEqual(
          linesOf(to, from),
          given.filter((line) => line && !line.includes(letter || "q")),
        );
      },
    ),
    { numRuns: 100 },
  );
});

t.test("addresses whose bytes are no UTF-8 stay apart", async (t) => {
  const from = scratch();
  const to = scratch();
  writeFileSync(
    from,
    Buffer.from("\xff@x.org\n\xfe@x.org\n\xff@X.org\n", "latin1"),
  );
  const { kept } = await distinct(from, to, "any-case", scratch);
  t.equal(kept, 2);
});
