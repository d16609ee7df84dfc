import fc from "fast-check";
import t from "tap";
import { matchOf } from "../../src/archive/query.ts";
import { PostIndex } from "../../src/state/postIndex.ts";
import { indexed } from "./indexed.ts";

const queries: [typed: string, found: number[]][] = [
  ["lake", [1, 2]],
  ["LAKE swim", [2]],
  ["lake -swim", [1]],
  ['"the lake"', [1]],
  ["swi*", [2]],
  ["subject:lake", [1]],
  ["from:anna", [1]],
  ["from:example.org lake", [1, 2]],
  ["attachment:map", [2]],
  ["zurich", [2]],
  ["Zürich", [2]],
  ['lake "swim', [2]],
  ["nothing", []],
];

t.test("what is typed finds posts", async (t) => {
  const index = new PostIndex(`${t.testdir()}/a.db`);
  t.teardown(() => index.close());
  index.add(
    [
      indexed(1, {
        subject: "The lake",
        author: "anna@example.org",
        text: "cold",
      }),
      indexed(2, {
        subject: "Trip",
        author: "bo@example.org",
        text: "swim in a lake near Zürich",
        attachments: ["map.png"],
      }),
    ],
    2,
  );
  for (const [typed, numbers] of queries)
    t.same(
      [...index.choose({ match: matchOf(typed), most: 9 })].map(
        ({ number }) => number,
      ),
      numbers,
      typed,
    );
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: "grapheme" }), async (typed) => {
      let match: string;
      try {
        match = matchOf(typed);
      } catch (error) {
        t.match((error as Error).message, /no word to look for/);
        return;
      }
      t.ok([...index.choose({ match, most: 1 })].length <= 1);
    }),
  );
});

t.test("a search without a word is refused", async (t) => {
  for (const typed of ["", "  ", '""', "-lake", "-- *"])
    t.throws(() => matchOf(typed), { message: /no word to look for/ }, typed);
});
