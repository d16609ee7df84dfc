import t from "tap";
import { acceptedBy, noteAuthor } from "../../../src/lists/policy/authors.ts";
import { calm, floodAt } from "../../../src/lists/policy/flood.ts";
import type { Windows } from "../../../src/lists/policy/windows.ts";
import { memory } from "./asking.ts";

const list = "news@lists.example.org";
const HOUR = 3_600_000;
const at = (windows: Windows, id: string, now: number, trial = false) =>
  floodAt(windows, {
    list,
    id,
    now,
    limit: { posts: 3, window: HOUR },
    trial,
  });

t.test("one post too many begins a flood, and a person ends it", async (t) => {
  const windows = memory();
  for (const id of ["a", "b", "c"]) t.equal(await at(windows, id, 1), "calm");
  t.equal(await at(windows, "c", 2), "calm", "tried again, it is the same");
  t.equal(await at(windows, "d", 3), "begins");
  t.equal(await at(windows, "d", 4), "begins", "until it is held for sure");
  t.equal(await at(windows, "e", 5), "goes on");
  t.equal(await at(windows, "f", 1000 * HOUR), "goes on", "for ever");
  t.equal(await calm(windows, "News@lists.example.org"), true);
  t.equal(await at(windows, "g", 6), "calm");
  t.equal(await calm(windows, list), false);
});

t.test("of posts that are one too many at once one begins it", async (t) => {
  const windows = memory();
  for (const id of ["a", "b", "c"]) await at(windows, id, 1);
  // Each has looked whether there is a flood before the other one counts.
  const both = await Promise.all([at(windows, "d", 3), at(windows, "e", 2)]);
  t.same(both, ["begins", "goes on"]);
  t.equal(await at(windows, "d", 4), "begins", "tried again");
  t.equal(await at(windows, "e", 4), "goes on", "tried again");
});

t.test("the window slides", async (t) => {
  const windows = memory();
  for (let n = 0; n < 20; n += 1)
    t.equal(await at(windows, `p${n}`, n * (HOUR / 3)), "calm");
});

t.test("a trial notes nothing", async (t) => {
  const windows = memory();
  for (const id of ["a", "b", "c"]) await at(windows, id, 1);
  t.equal(await at(windows, "d", 2, true), "begins");
  t.equal(await at(windows, "d", 2, true), "begins");
  t.equal(await calm(windows, list), false);
});

t.test("an author's posts", async (t) => {
  const windows = memory();
  const post = (id: string) => ({ list, author: "Anna@x.org", id });
  await noteAuthor(windows, post("a"), 10, HOUR);
  await noteAuthor(windows, post("b"), 20, HOUR);
  const before = (id: string, since: number) =>
    acceptedBy(windows, { ...post(id), author: "anna@X.org", since });
  t.equal(await before("c", 0), 2);
  t.equal(await before("b", 0), 1);
  t.equal(await before("c", 10), 1);
  t.equal(await before("a", 10), 1);
});
