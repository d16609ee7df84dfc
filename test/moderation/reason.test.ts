import fc from "fast-check";
import t from "tap";
import { reasonOf } from "../../src/moderation/reason.ts";

t.test("the reason is what stands above the quotation", (t) => {
  const cases = [
    ["Not here.\n\nOn Monday X wrote:\n> text", "Not here."],
    ["\n\nToo long.\nMuch.\n-- \nMaria", "Too long.\nMuch."],
    ["Nein.\n\nAm Montag schrieb X:\n> text", "Nein."],
    ["No\n----- Original Message -----\nFrom: x", "No"],
    ["> only quoted", ""],
    ["", ""],
  ] as const;
  for (const [text, reason] of cases) t.equal(reasonOf(text), reason);
  t.end();
});

t.test("it is bounded, whatever is written", (t) => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 5000 }), (text) => {
      const lines = reasonOf(text).split("\n");
      return lines.length <= 20 && lines.every((line) => line.length <= 501);
    }),
  );
  t.end();
});
