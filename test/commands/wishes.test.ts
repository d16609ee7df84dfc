import fc from "fast-check";
import t from "tap";
import { changeIn, deliveryIn, textOf } from "../../src/commands/wishes.ts";
import { anyString } from "../anyString.ts";

const now = Date.UTC(2026, 10, 26);

t.test("what people write is a change", (t) => {
  const cases: [string, object][] = [
    ["digest", { delivery: "digest-mime" }],
    ["delivery=nomail", { delivery: "nomail" }],
    ["Digest-Plain", { delivery: "digest-plain" }],
    ["own-copy off", { ownCopy: false }],
    ["acknowledge=yes", { acknowledge: true }],
    ["duplicates on", { duplicates: true }],
    ["vacation until 2026-12-24", { away: Date.UTC(2026, 11, 25) }],
    ["vacation 2026-12-24", { away: Date.UTC(2026, 11, 25) }],
    ["back", { away: null }],
    ["language de", { language: "de" }],
    ["language pt-br", { language: "pt-br" }],
  ];
  for (const [text, change] of cases) t.same(changeIn(text, now), change, text);
  for (const text of [
    "",
    "nonsense",
    "vacation until 2026-02-30",
    "vacation until 2020-01-01",
    "language xx xx xx",
    "constructor",
    "own-copy maybe",
  ])
    t.equal(changeIn(text, now), undefined, text);
  t.equal(deliveryIn("__proto__"), undefined);
  t.end();
});

t.test("a change as text is read as the same change", (t) => {
  const change = fc.oneof(
    fc.record({
      delivery: fc.constantFrom(
        "posts" as const,
        "digest-mime" as const,
        "digest-plain" as const,
        "nomail" as const,
      ),
    }),
    fc.record({ ownCopy: fc.boolean() }),
    fc.record({ duplicates: fc.boolean() }),
    fc.record({ acknowledge: fc.boolean() }),
    fc.record({ language: fc.stringMatching(/^[a-z]{2,3}(-[a-z0-9]{2,8})?$/) }),
    fc.record({
      away: fc.oneof(
        fc.constant(null),
        fc
          .integer({ min: 1, max: 10_000 })
          .map((days) => now + days * 86_400_000),
      ),
    }),
  );
  fc.assert(
    fc.property(change, (one) => {
      t.same(changeIn(textOf(one), now), one);
    }),
  );
  t.end();
});

t.test("rubbish is none, and never throws", (t) => {
  fc.assert(
    fc.property(anyString(), (text) => {
      changeIn(text, now);
    }),
  );
  t.end();
});
