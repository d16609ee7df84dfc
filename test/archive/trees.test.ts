import t from "tap";
import { treeOf } from "../../src/archive/trees.ts";
import { PostIndex } from "../../src/state/postIndex.ts";
import { indexed } from "./indexed.ts";

t.test("the thread of a post, as a tree", async (t) => {
  const index = new PostIndex(`${t.testdir()}/a.db`);
  t.teardown(() => index.close());
  const answer = (number: number, to: number) =>
    indexed(number, { references: [`${to}@example.org`] });
  index.add(
    [indexed(1), answer(2, 1), indexed(3), answer(4, 2), answer(5, 1)],
    5,
  );
  const tree = (number: number) =>
    [...treeOf({ index }, number)].map(({ key, depth }) => [
      key?.number,
      depth,
    ]);
  t.same(tree(4), [
    [1, 0],
    [2, 1],
    [4, 2],
    [5, 1],
  ]);
  t.same(tree(3), [[3, 0]]);
  t.same(tree(9), []);
});

t.test("of a very long thread what is around the post", async (t) => {
  const index = new PostIndex(`${t.testdir()}/a.db`);
  t.teardown(() => index.close());
  const posts = Array.from({ length: 3000 }, (_, at) =>
    indexed(at + 1, { references: at > 0 ? ["1@example.org"] : [] }),
  );
  index.add(posts, 3000);
  const numbers = [...treeOf({ index }, 2500)].flatMap(
    ({ key }) => key?.number ?? [],
  );
  t.equal(numbers.length, 1000);
  t.ok(numbers.includes(2500));
});
