import { rmSync } from "node:fs";
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

t.test("a post is counted beside those that waited", async (t) => {
  const dir = t.testdir();
  for (const id of ["a", "b", "c"]) await collect(post(dir, id));
  const [first, second] = postsBetween(dir, 1, 2);
  rmSync(second?.path ?? "");
  t.match(await collect(post(dir, "d")), { posts: 4, first: 1 }, "unseen");
  t.match(pending(dir), { posts: 3, first: 1 });
  rmSync(first?.path ?? "");
  t.match(await collect(post(dir, "e")), { posts: 3, first: 3 });
  await claim({ digestDir: dir, id: "i" }, counting);
  t.match(await collect(post(dir, "f", later)), { posts: 1, first: 6 });
  rmSync(dir, { recursive: true });
  t.match(await collect(post(dir, "g")), { posts: 1, first: 1 });
});

const MB = 1024 * 1024;
const limit = 50 * MB;
const now = later.getTime();
const never = { posts: 0, size: 0, age: 0 };
const nothing = { posts: 0, bytes: 0, first: undefined, oldest: undefined };
const five = { posts: 5, bytes: 1000, first: 1, oldest: noon, last: 0 };

t.test("enough by number, by size, and never for nothing", async (t) => {
  t.notOk(isFull(five, never, limit));
  t.ok(isFull(five, { ...never, posts: 5 }, limit));
  t.notOk(isFull(five, { ...never, posts: 6 }, limit));
  t.ok(isFull(five, { ...never, size: 1000 }, limit));
  t.notOk(isFull(five, { ...never, size: 1001 }, limit));
  t.notOk(isFull({ ...five, bytes: 10 * MB - 1 }, never, limit));
  t.ok(isFull({ ...five, bytes: 10 * MB }, never, limit), "no server takes it");
  t.notOk(
    isFull({ ...five, bytes: 10 * MB }, { ...never, size: 20 * MB }, limit),
  );
  t.ok(isFull({ ...five, bytes: 2 * MB }, never, 2 * MB), "nor the site");
  t.notOk(
    isFull({ ...nothing, last: 0 }, { posts: 1, size: 1, age: 1 }, limit),
  );
});

t.test("due by age, by time, by what comes first", async (t) => {
  const at = { ...never, at: "14:30", timezone: "Europe/Zurich" };
  const half = noon.getTime() + 30 * 60_000;
  t.equal(dueAt(five, never, now), undefined);
  t.equal(dueAt({ ...nothing, last: 0 }, { ...at, age: 1 }, now), undefined);
  t.equal(dueAt(five, { ...never, age: 60_000 }, now), noon.getTime() + 60_000);
  t.equal(dueAt(five, at, now), half);
  t.equal(dueAt(five, { ...at, age: 60_000 }, now), noon.getTime() + 60_000);
  t.equal(dueAt(five, { ...at, age: 3_600_000 }, now), half);
  // The issue of that time was made: a post that was late for it waits for the next.
  t.equal(dueAt({ ...five, last: half }, at, now), half + 24 * 3_600_000);
  t.equal(dueAt({ ...five, last: half - 1 }, at, now), half);
  // A clock that was wrong keeps no issue back.
  const wrong = { ...five, last: Date.parse("2037-01-01T00:00:00Z") };
  t.equal(dueAt(wrong, at, now), half);
});
