import { createReadStream, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { parseHeader } from "../../src/mail/header.ts";
import { readMbox } from "../../src/mail/mbox.ts";
import { referencesOf } from "../../src/mail/references.ts";
import { type Thread, threads } from "../../src/mail/threads.ts";

const corpus = "../shared/corpus/lists";
const skip = existsSync(corpus) ? false : `no corpus: ${corpus}`;

interface Expected {
  readonly messages: number | null;
  readonly threads: {
    readonly basis: string;
    readonly parents?: Record<string, string | null>;
  };
}

const table = (): [string, Expected][] =>
  Object.entries(
    JSON.parse(readFileSync(join(corpus, "expected.json"), "utf8")),
  );

/** The posts of a mailbox, each Message-ID once, and how many messages it has. */
async function postsOf(path: string) {
  const posts = new Map<
    string,
    { references: readonly string[]; subject: string }
  >();
  let count = 0;
  for await (const { content } of readMbox(createReadStream(path), 1e8)) {
    count += 1;
    const { header } = parseHeader(content ?? Buffer.alloc(0));
    const { id, references } = referencesOf(header);
    if (id && !posts.has(id))
      posts.set(id, { references, subject: header.text("Subject") });
  }
  return { posts, count };
}

function parentsOf(posts: Awaited<ReturnType<typeof postsOf>>["posts"]) {
  const found = new Map<string, string | null>();
  const walk = (some: readonly Thread<string>[], above: string | null) => {
    for (const { key, children } of some) {
      if (key !== undefined) found.set(key, above);
      walk(children, key ?? above);
    }
  };
  walk(
    threads([...posts].map(([id, post]) => ({ key: id, id, ...post }))),
    null,
  );
  return found;
}

t.test("real mailboxes and their threads", { skip }, async (t) => {
  const right = { manager: 0, derived: 0 };
  const all = { manager: 0, derived: 0 };
  for (const [name, { messages, threads: tree }] of table()) {
    // Folders of single messages, and files of one, are no mailboxes.
    if (messages === null || /\/$|\.eml$/.test(name)) continue;
    const { posts, count } = await postsOf(join(corpus, name));
    t.equal(count, messages, `${name}: its messages`);
    const parents = parentsOf(posts);
    const kind = tree.basis.startsWith("source") ? "manager" : "derived";
    for (const [id, parent] of Object.entries(tree.parents ?? {})) {
      all[kind] += 1;
      if (parents.get(id) === parent) right[kind] += 1;
    }
  }
  const words = (kind: keyof typeof all) => `${right[kind]} of ${all[kind]}`;
  // Headers say so; the others are answers that name no id and have a subject that is known.
  t.ok(right.derived >= all.derived - 6, `by headers: ${words("derived")}`);
  // GNU Mailman has posts that are no answers below others of their subject too.
  t.ok(
    right.manager >= all.manager - 29,
    `Mailman's trees: ${words("manager")}`,
  );
  t.comment(
    `by headers ${words("derived")}, Mailman's trees ${words("manager")}`,
  );
});
