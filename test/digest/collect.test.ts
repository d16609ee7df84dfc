import t from "tap";
import { bytes } from "../../src/base/pieces.ts";
import { collect, dueAt, isFull, pending } from "../../src/digest/collect.ts";
import { claim } from "../../src/digest/issues.ts";
import { asOf, contentOf, postsBetween } from "../../src/digest/posts.ts";

const noon = new Date("2026-07-31T12:00:00Z");
const later = new Date("2026-07-31T13:00:00Z");

const text = "Subject: x\n\nHi\n";

function post(digestDir: string, id: string, received = noon) {
  return { digestDir, id, content: [Buffer.from(text)], received, asOf: 17 };
}

const counting = { now: later.getTime(), volume: "never" } as const;

t.test("what is collected is counted, once for an id", async (t) => {
  const dir = t.testdir();
  const nothing = { posts: 0, bytes: 0, first: undefined, oldest: undefined };
  t.same(pending(dir), { ...nothing, last: 0 });
  const one = await collect(post(dir, "a", later));
  t.match(one, { posts: 1, first: 1, oldest: later });
  const both = { posts: 2, bytes: 2 * one.bytes, first: 1, oldest: noon };
  t.match(await collect(post(dir, "b")), both);
  t.match(await collect(post(dir, "a")), both);
  t.match(pending(dir), both);
});

t.test("a post that was issued is not collected again", async (t) => {
  const dir = t.testdir();
  await collect(post(dir, "a"));
  await claim({ digestDir: dir, id: "i" }, counting);
  const state = await collect(post(dir, "a"));
  t.match(state, { posts: 0, last: later.getTime() });
  t.match(await collect(post(dir, "b")), { posts: 1, first: 2 });
});

t.test("a post keeps its bytes, and what it was distributed by", async (t) => {
  const dir = t.testdir();
  await collect(post(dir, "a"));
  // Its sender writes what he likes.
  const forged = Buffer.from(`listmill digest post as of 99\n${text}`);
  await collect({ ...post(dir, "b"), content: [forged] });
  const posts = postsBetween(dir, 1, 2);
  t.same(posts.map(asOf), [17, 17]);
  const read = posts.map((one) => bytes(contentOf(one), 1000));
  t.same(await Promise.all(read), [Buffer.from(text), forged]);
  t.same(
    posts.map(({ received }) => received),
    [noon, noon],
  );
});

const never = { posts: 0, size: 0, age: 0 };
const nothing = { posts: 0, bytes: 0, first: undefined, oldest: undefined };
const five = { posts: 5, bytes: 1000, first: 1, oldest: noon, last: 0 };

t.test("enough by number, by size, and never for nothing", async (t) => {
  t.notOk(isFull(five, never));
  t.ok(isFull(five, { ...never, posts: 5 }));
  t.notOk(isFull(five, { ...never, posts: 6 }));
  t.ok(isFull(five, { ...never, size: 1000 }));
  t.notOk(isFull(five, { ...never, size: 1001 }));
  t.notOk(isFull({ ...nothing, last: 0 }, { posts: 1, size: 1, age: 1 }));
});

t.test("due by age, by time, by what comes first", async (t) => {
  const at = { ...never, at: "14:30", timezone: "Europe/Zurich" };
  const half = noon.getTime() + 30 * 60_000;
  t.equal(dueAt(five, never), undefined);
  t.equal(dueAt({ ...nothing, last: 0 }, { ...at, age: 1 }), undefined);
  t.equal(dueAt(five, { ...never, age: 60_000 }), noon.getTime() + 60_000);
  t.equal(dueAt(five, at), half);
  t.equal(dueAt(five, { ...at, age: 60_000 }), noon.getTime() + 60_000);
  t.equal(dueAt(five, { ...at, age: 3_600_000 }), half);
  // The issue of that time was made: a post that was late for it waits for the next.
  t.equal(dueAt({ ...five, last: half }, at), half + 24 * 3_600_000);
  t.equal(dueAt({ ...five, last: half - 1 }, at), half);
});
