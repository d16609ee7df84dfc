import fc from "fast-check";
import t from "tap";
import { type Rider, Rotation } from "../../src/outbound/rotation.ts";

interface Numbered extends Rider {
  readonly number: number;
}

/** Serves so many turns. @returns who had them */
function turns(rotation: Rotation<Numbered>, count: number): Numbered[] {
  return Array.from({ length: count }, () => {
    const next = rotation.next(() => true);
    if (!next) throw new Error("nobody is next");
    rotation.serve(next);
    return next;
  });
}

const riders = fc.array(
  fc.record({
    list: fc.constantFrom("a", "b", "c"),
    post: fc.constantFrom("1", "2", "3"),
  }),
  { minLength: 1, maxLength: 20 },
);

t.test(
  "lists get as many turns as each other, and so do the posts of one",
  async (t) => {
    await fc.assert(
      fc.property(riders, (given) => {
        const rotation = new Rotation<Numbered>();
        for (const [number, rider] of given.entries())
          rotation.add({ ...rider, number });
        const had = turns(rotation, 600);
        const lists = Map.groupBy(had, ({ list }) => list);
        const counts = [...lists.values()].map(({ length }) => length);
        t.ok(Math.max(...counts) - Math.min(...counts) <= 1);
        for (const some of lists.values()) {
          const posts = [...Map.groupBy(some, ({ post }) => post).values()];
          const each = posts.map(({ length }) => length);
          t.ok(Math.max(...each) - Math.min(...each) <= 1);
        }
        const heads = Map.groupBy(given, ({ list, post }) => `${list} ${post}`);
        t.equal(
          new Set(had.map(({ number }) => number)).size,
          heads.size,
          "of each post the first one",
        );
      }),
      { numRuns: 50 },
    );
  },
);

t.test("a new post is next, whatever many entries another has", (t) => {
  const rotation = new Rotation<Numbered>();
  for (let number = 0; number < 16; number += 1)
    rotation.add({ list: "a", post: "large", number });
  turns(rotation, 100);
  const small = { list: "a", post: "small", number: 99 };
  rotation.add(small);
  t.equal(turns(rotation, 1)[0], small);
  t.equal(turns(rotation, 10).filter((it) => it === small).length, 5);
  rotation.remove(small);
  t.notOk(turns(rotation, 20).includes(small));
  t.end();
});

t.test("who cannot be served is passed over", (t) => {
  const rotation = new Rotation<Numbered>();
  t.equal(
    rotation.next(() => true),
    undefined,
  );
  const [one, other] = [1, 2].map((number) => ({
    list: "a",
    post: "p",
    number,
  }));
  if (one) rotation.add(one);
  if (other) rotation.add(other);
  t.equal(
    rotation.next((it) => it === other),
    other,
  );
  t.equal(
    rotation.next(() => false),
    undefined,
  );
  t.equal(rotation.size, 2);
  t.end();
});
