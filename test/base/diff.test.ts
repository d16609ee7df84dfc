// What differs: applied to the old lines it gives the new ones, and it is as short as can be.
import fc from "fast-check";
import t from "tap";
import { type Change, differences } from "../../src/base/diff.ts";

const words = (changes: readonly Change[]) =>
  changes.map(({ kind, line }) => kind + line);

/** The longest common subsequence, by the book. */
function common(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const line of a) {
    const next = [0];
    for (const [at, other] of b.entries())
      next.push(
        line === other
          ? (row[at] ?? 0) + 1
          : Math.max(row[at + 1] ?? 0, next[at] ?? 0),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}

t.test("what is the same is not told", async (t) => {
  t.same(differences([], []), []);
  t.same(differences(["a", "b"], ["a", "b"]), []);
  t.same(words(differences(["a", "b", "c"], ["a", "x", "c"])), ["-b", "+x"]);
  t.same(words(differences([], ["a"])), ["+a"]);
  t.same(words(differences(["a", "b"], ["b"])), ["-a"]);
  t.same(words(differences(["a", "a"], ["a", "a", "a"])), ["+a"]);
});

t.test("it is as short as can be, and it is right", async (t) => {
  const lines = fc.array(fc.constantFrom("a", "b", "c", ""), { maxLength: 30 });
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const found = differences(before, after);
      const both = common(before, after);
      const out = found.filter(({ kind }) => kind === "-");
      const put = found.filter(({ kind }) => kind === "+");
      t.equal(out.length, before.length - both);
      t.equal(put.length, after.length - both);
      t.same(follows(before, out), true);
      t.same(follows(after, put), true);
    }),
  );
});

/** Whether the lines stand in a text in this order. */
function follows(text: readonly string[], changes: readonly Change[]): boolean {
  let at = 0;
  for (const { line } of changes) {
    at = text.indexOf(line, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

t.test("texts of which nothing is common are told as replaced", async (t) => {
  const before = Array.from({ length: 5000 }, (_, n) => `a${n}`);
  const after = Array.from({ length: 5000 }, (_, n) => `b${n}`);
  const found = differences(["same", ...before], ["same", ...after, "end"]);
  t.equal(found.length, 10_001);
  t.same(words(found.slice(0, 1)), ["-a0"]);
  t.same(words(found.slice(-1)), ["+end"]);
});
