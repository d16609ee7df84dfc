import fc from "fast-check";
import t from "tap";
import { type Verp, verpOf } from "../../../src/lists/schema/verp.ts";
import { asksOrdinal, chosen } from "../../../src/outbound/verp/rotation.ts";

const setting = (text: string): Verp => {
  const found = verpOf(text);
  if (!found) throw new Error(text);
  return found;
};
const people = Array.from({ length: 1000 }, (_, n) => `user${n}@example.org`);

/** How often each of the people is chosen in posts `first` to `last`. */
function counts(verp: Verp, first: number, last: number): number[] {
  const found = people.map(() => 0);
  for (let post = first; post <= last; post += 1) {
    const is = chosen(verp, post);
    for (const [at, address] of people.entries())
      if (is(address)) found[at] = (found[at] ?? 0) + 1;
  }
  return found;
}

t.test("never, always, and every fifth post", async (t) => {
  t.ok(counts(setting("never"), 1, 20).every((n) => n === 0));
  t.ok(counts(setting("always"), 1, 20).every((n) => n === 20));
  const posts = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].filter((post) =>
    chosen(setting("every 5"), post)("a@x.org"),
  );
  t.same(posts, [5, 10]);
});

t.test(
  "with a tenth over any ten posts everybody has had it once",
  async () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e6 }), (first) =>
        counts(setting("10%"), first, first + 9).every((n) => n === 1),
      ),
      { numRuns: 30 },
    );
  },
);

t.test(
  "with any share, over a hundred posts everybody as often as it says",
  async () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 100 }),
        fc.integer({ min: 1, max: 1e6 }),
        (percent, first) =>
          counts(setting(`${percent}%`), first, first + 99).every(
            (n) => n === percent,
          ),
      ),
      { numRuns: 15 },
    );
  },
);

t.test(
  "each post takes about its share, and other people than the one before",
  async (t) => {
    const share = setting("10%");
    for (let post = 1; post <= 20; post += 1) {
      const now = people.filter(chosen(share, post));
      t.ok(now.length > 60 && now.length < 140, `${now.length} of 1000`);
      t.same(now.filter(chosen(share, post + 1)), []);
    }
  },
);

t.test("two spellings of an address are one", async (t) => {
  const is = chosen(setting("10%"), 3);
  for (const address of people) t.equal(is(address.toUpperCase()), is(address));
});

t.test("only what turns asks for the ordinal", async (t) => {
  t.same(
    ["never", "always", "every 1", "100%"].map((text) =>
      asksOrdinal(setting(text)),
    ),
    [false, false, true, true],
  );
});
