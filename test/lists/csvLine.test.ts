import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import { cellsOf, lineOf } from "../../src/lists/csvLine.ts";

t.test("cells survive their line", async () => {
  const cell = fc.oneof(
    fc.string(),
    fc.constantFrom('"', ",", '","', " a ", "", "#a"),
  );
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1 }), (cells) => {
      assert.deepEqual(cellsOf(lineOf(cells)), cells);
      assert.doesNotMatch(lineOf(cells), /^#/);
    }),
  );
});

t.test("what others write is read", (t) => {
  t.same(cellsOf('a,"b ""c"" d",,"e"'), ["a", 'b "c" d', "", "e"]);
  t.same(cellsOf('a"b"c, d'), ['a"b"c', " d"]);
  t.same(cellsOf(""), [""]);
  for (const line of ['a,"b', '"', '"a""', 'a,"b,c'])
    t.equal(cellsOf(line), undefined, line);
  t.end();
});
