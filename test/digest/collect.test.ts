import t from "tap";
import { collect, due, pending } from "../../src/digest/collect.ts";
import { claim } from "../../src/digest/issues.ts";

const noon = new Date("2026-07-31T12:00:00Z");
const later = new Date("2026-07-31T13:00:00Z");

function post(digestDir: string, id: string, received = noon) {
  return {
    digestDir,
    id,
    content: [Buffer.from("Subject: x\n\nHi\n")],
    received,
  };
}

t.test("what is collected is counted, once for an id", async (t) => {
  const dir = t.testdir();
  t.same(pending(dir), { posts: 0, bytes: 0, oldest: undefined });
  t.same(await collect(post(dir, "a", later)), {
    posts: 1,
    bytes: 15,
    oldest: later,
    first: true,
  });
  const both = { posts: 2, bytes: 30, oldest: noon };
  t.same(await collect(post(dir, "b")), { ...both, first: false });
  t.same(await collect(post(dir, "a")), { ...both, first: true });
  t.same(pending(dir), both);
});

t.test("a post that was issued is not collected again", async (t) => {
  const dir = t.testdir();
  await collect(post(dir, "a"));
  await claim({ digestDir: dir, id: "i" });
  t.same(await collect(post(dir, "a")), {
    posts: 0,
    bytes: 0,
    oldest: undefined,
    first: false,
  });
  t.match(await collect(post(dir, "b")), { posts: 1, first: true });
});

t.test("due by number, by size, by age, and never for nothing", (t) => {
  const state = { posts: 5, bytes: 1000, oldest: noon };
  const never = { posts: 0, size: 0, age: 0 };
  const now = noon.getTime() + 60_000;
  t.notOk(due(state, never, now));
  t.ok(due(state, { ...never, posts: 5 }, now));
  t.notOk(due(state, { ...never, posts: 6 }, now));
  t.ok(due(state, { ...never, size: 1000 }, now));
  t.notOk(due(state, { ...never, size: 1001 }, now));
  t.ok(due(state, { ...never, age: 60_000 }, now));
  t.notOk(due(state, { ...never, age: 60_001 }, now));
  t.notOk(
    due(
      { posts: 0, bytes: 0, oldest: undefined },
      { posts: 1, size: 1, age: 1 },
      now,
    ),
  );
  t.end();
});
