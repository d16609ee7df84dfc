import { join } from "node:path";
import { simpleParser } from "mailparser";
import t from "tap";
import { bytes } from "../../src/base/pieces.ts";
import { topicsOf } from "../../src/digest/contents.ts";
import { buildMime } from "../../src/digest/mime.ts";
import { buildPlain } from "../../src/digest/plain.ts";
import { issueOf, masthead } from "./corpus.ts";

const post = (id: string, more = "") =>
  `From: ${id}@example.org\nSubject: About ${id}\nMessage-ID: <${id}@x>\n${more}\nText of ${id}.\n`;

/** In the order in which they came. */
const posts = {
  a: post("a"),
  b: post("b"),
  c: post("c", "References: <a@x>\n"),
  d: post("d", "In-Reply-To: <b@x>\n"),
  e: post("e", "References: <a@x>\n <c@x>\n <gone@x>\n"),
  f: post("f", "References: <gone@x>\n"),
  g: post("g", "References: <a@x>\n"),
};
const order = ["a", "c", "e", "f", "g", "b", "d"];

function issue(dir: string) {
  return issueOf(Object.keys(posts).map((name) => join(dir, name)));
}

t.test("answers stand behind what they answer", async (t) => {
  const topics = await topicsOf(issue(t.testdir(posts)).posts);
  t.same(
    topics.map(({ author, depth }) => `${author.charAt(0)}${depth}`),
    ["a0", "c1", "e2", "f2", "g1", "b0", "d1"],
  );
});

t.test("both forms have the posts in the order of the contents", async (t) => {
  const one = issue(t.testdir(posts));
  for (const build of [buildMime, buildPlain]) {
    const whole = await bytes(await build(one, masthead), 100_000);
    const { text = "", attachments } = await simpleParser(whole);
    t.match(
      text,
      / 1\. About a \(a@example\.org\)\n +2\. {3}About c \(.*\)\n +3\. {5}About e \(/,
    );
    const all = text + attachments.map(({ content }) => content).join("");
    const found = [...all.matchAll(/Text of (.)\./g)].map(([, name]) => name);
    t.same(found, order);
  }
});

t.test("posts that name each other make no circle", async (t) => {
  const dir = t.testdir({
    a: post("a", "References: <b@x>\n"),
    b: post("b", "References: <a@x> <b@x>\n"),
    c: post("a", "References: <a@x>\n"),
  });
  const circle = issueOf(["a", "b", "c"].map((name) => join(dir, name)));
  const topics = await topicsOf(circle.posts);
  t.same(topics.map(({ post }) => post.number).sort(), [1, 2, 3]);
});

t.test("a long thread costs no more than many short ones", async (t) => {
  const long = Object.fromEntries(
    Array.from({ length: 400 }, (_, n) => [
      `p${String(n).padStart(3, "0")}`,
      post(`n${n}`, n ? `References: <n${n - 1}@x>\n` : ""),
    ]),
  );
  const dir = t.testdir(long);
  const many = issueOf(Object.keys(long).map((name) => join(dir, name)));
  t.equal((await topicsOf(many.posts)).at(-1)?.depth, 399);
  const whole = await bytes(await buildMime(many, masthead), 1e6);
  const { text = "" } = await simpleParser(whole);
  t.match(text, /^ *400\. {1,20}About n399 /m, "it is not moved on for ever");
});
