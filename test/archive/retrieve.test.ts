import t from "tap";
import { archiveOf, MOST } from "../../src/archive/retrieve.ts";
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
  return archiveOf(home, list);
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

t.test("where there is no archive there are no posts", async (t) => {
  const { last, posts, thread } = archiveOf(t.testdir(), list);
  t.equal(last(), 0);
  t.same(await posts([1]), []);
  t.same(await thread(1), []);
});
