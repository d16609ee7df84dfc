import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import { distinct, ordered } from "../../src/state/distinct.ts";

const lines = fc.array(
  fc.oneof(
    fc.constantFrom(
      "a",
      "A",
      "b",
      "a\0b",
      "a\0c",
      "\ud800",
      "é",
      "\uffee",
      "😀",
    ),
    fc.string({ unit: "grapheme", maxLength: 4 }),
  ),
  { maxLength: 60 },
);
const few = fc.constantFrom(1, 2, 5, 1000);
const key = (line: string) => line.toLowerCase();

function firsts(given: readonly string[]): string[] {
  const seen = new Set<string>();
  return given.filter((line) => !seen.has(key(line)) && seen.add(key(line)));
}

t.test(
  "distinct gives the first of each key in its order, in memory or not",
  async () => {
    await fc.assert(
      fc.asyncProperty(lines, few, async (given, limit) => {
        const found = await Array.fromAsync(distinct(given, key, limit));
        assert.deepEqual(found, firsts(given));
      }),
      { numRuns: 60 },
    );
  },
);

t.test(
  "ordered gives the first of each key by key, in memory or not",
  async () => {
    await fc.assert(
      fc.asyncProperty(lines, few, async (given, limit) => {
        const found = await Array.fromAsync(ordered(given, key, limit));
        const wanted = firsts(given).sort((a, b) =>
          Buffer.compare(bytes(a), bytes(b)),
        );
        assert.deepEqual(found.map(bytes), wanted.map(bytes));
      }),
      { numRuns: 60 },
    );
  },
);

function bytes(line: string): Buffer {
  return Buffer.from(key(line));
}

async function* many(n: number) {
  for (let i = 0; i < n; i += 1)
    yield `user${(i * 7919) % (n / 2)}@d${i % 2 ? "X" : "x"}.org`;
}

t.test("200,000 lines go through the file", async (t) => {
  const once = await Array.fromAsync(distinct(many(200_000), key));
  t.equal(once.length, 100_000);
  t.equal(new Set(once.map(key)).size, 100_000);
  t.equal(once[0], "user0@dx.org");
  const sorted = await Array.fromAsync(ordered(many(200_000), key));
  t.ok(sorted.map(key).join() === once.map(key).sort().join());
});

t.test("a source that fails fails what is made of it", async (t) => {
  async function* broken() {
    yield* many(10);
    throw new Error("the source broke");
  }
  for (const limit of [2, 100]) {
    await t.rejects(Array.fromAsync(distinct(broken(), key, limit)), /broke/);
    await t.rejects(Array.fromAsync(ordered(broken(), key, limit)), /broke/);
  }
});

t.test("a reader that stops early is no trouble", async (t) => {
  for await (const line of distinct(many(100), key, 5)) {
    t.equal(line, "user0@dx.org");
    break;
  }
});
