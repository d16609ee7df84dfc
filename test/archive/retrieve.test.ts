import t from "tap";
import { archiveOf, LISTED, MOST } from "../../src/archive/retrieve.ts";
import { store } from "../../src/archive/store.ts";

const list = "news@lists.example.org";

async function archive(t: { testdir(): string }, headers: readonly string[]) {
  const home = t.testdir();
  for (const [at, header] of headers.entries())
    await store({
      archiveDir: `${home}/archive/${list}`,
      id: `post-${at}`,
      content: [Buffer.from(`${header}\n\nText.\n`)],
      date: new Date(0),
    });
  return { home, ...archiveOf(home, list) };
}

t.test(
  "a thread is all that answer each other, also over a post that is not there",
  async (t) => {
    const { thread, last } = await archive(t, [
      "Message-ID: <1@x>",
      "Message-ID: <2@x>",
      "Message-ID: <3@x>\nIn-Reply-To: <1@x>",
      "Message-ID: <4@x>\nReferences: <gone@x>",
      "Message-ID: <5@x>\nReferences: <1@x> <gone@x>",
      "Subject: without any",
    ]);
    t.equal(last(), 6);
    t.same(await thread(1), [1, 3, 4, 5]);
    t.same(await thread(4), [1, 3, 4, 5]);
    t.same(await thread(2), [2]);
    t.same(await thread(6), [6]);
    t.same(await thread(7), []);
  },
);

t.test("an answer has a bound", async (t) => {
  const { posts } = await archive(
    t,
    Array.from({ length: MOST.posts + 5 }, (_, at) => `Message-ID: <${at}@x>`),
  );
  const numbers = Array.from({ length: 500 }, (_, at) => at + 1);
  t.equal((await posts(numbers)).length, MOST.posts);
  t.same(
    (await posts([3, 999, 4])).map(({ number }) => number),
    [3, 4],
  );
});

t.test("bytes count only where posts are sent", async (t) => {
  const large = `X: ${"x".repeat(40_000)}\nSubject: large`;
  const { home, posts } = await archive(t, new Array(50).fill(large));
  const numbers = Array.from({ length: 50 }, (_, at) => at + 1);
  t.equal((await posts(numbers)).length, 24, "of 40 KB each");
  const index = archiveOf(home, list, LISTED);
  t.equal((await index.posts(numbers)).at(-1)?.number, 50);
});

t.test("a post has a hundred ids at most, and they cost little", async (t) => {
  const ids = (of: string, count: number) =>
    Array.from({ length: count }, (_, at) => `<${of}${at}>`).join("\n ");
  const { thread } = await archive(t, [
    "Message-ID: <root>",
    `Message-ID: <own>\nReferences: <root>\n ${ids("a", 5000)}\n <parent>`,
    "Message-ID: <parent>",
    "Message-ID: <next>\nIn-Reply-To: <own>",
    "Message-ID: <a2500>",
    ...Array.from(
      { length: 95 },
      (_, at) => `Message-ID: <m${at}>\nReferences: ${ids("b", 7000)}`,
    ),
  ]);
  const from = performance.now();
  t.same(await thread(2), [1, 3, 2, 4]);
  const took = performance.now() - from;
  t.comment(`${Math.round(took)} ms`);
  t.ok(took < 5000, "a runner does nothing else meanwhile");
});

t.test("where there is no archive there are no posts", async (t) => {
  const { last, posts, thread } = archiveOf(t.testdir(), list);
  t.equal(last(), 0);
  t.same(await posts([1]), []);
  t.same(await thread(1), []);
});
