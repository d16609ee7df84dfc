import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import t, { type Test } from "tap";
import { Context } from "../../src/cli/context.ts";
import { isBrought } from "../../src/lists/posting.ts";
import { parseHeader } from "../../src/mail/header.ts";
import { makeHome, news } from "../cli/atHome.ts";

async function homeWith(t: Test, toml: string) {
  const home = await makeHome(t);
  writeFileSync(join(home, "lists", news, "list.toml"), toml);
  const context = new Context(home, false);
  const said: string[] = [];
  const may = (author: string) => {
    const { header } = parseHeader(
      Buffer.from(`From: ${author}\nSubject: x\n`),
    );
    return isBrought(
      {
        site: context.site,
        lists: context.lists,
        list: context.list(news),
        envelope: { sender: "bounce@example.net", recipient: news },
        message: { header },
        trial: false,
        now: 0,
        log: (text) => said.push(text),
        scratch: () => join(home, "scratch"),
        recipientsOf: async function* (list) {
          yield `member-of-${list}`;
        },
      },
      author,
    );
  };
  return { home, context, may, said };
}

t.test("those whom a source brings are members", async (t) => {
  const { home, may, said } = await homeWith(
    t,
    `[file]
path = "people"
[sql]
url = "sqlite:people.db"
query = "SELECT mail FROM people"
[sublists]
lists = ["other@lists.example.org"]
`,
  );
  await new Context(home, false).lists.create("other@lists.example.org");
  writeFileSync(
    join(home, "people"),
    "no address\nFritz <fritz@example.com>\n",
  );
  const db = new Database(join(home, "people.db"));
  db.exec(
    "CREATE TABLE people (mail); INSERT INTO people VALUES ('SQL@example.com')",
  );
  t.equal(await may("FRITZ@example.com"), true);
  t.equal(await may("sql@example.com"), true);
  t.equal(await may("member-of-other@lists.example.org"), true);
  t.equal(await may("eve@example.com"), false);
  t.equal(await may(""), false, "nobody is no member");
  t.same(said, [], "the recipients hook will tell what is no address");
  rmSync(join(home, "people"));
  await t.rejects(may("sql@example.com"), { name: "Failure", exitCode: 75 });
});

t.test("a question of its own decides alone", async (t) => {
  const { home, may } = await homeWith(
    t,
    `[sql]
url = "sqlite:people.db"
query = "SELECT mail FROM people"
sender_query = "SELECT 1 FROM writers WHERE lower(mail) = lower(:from)"
`,
  );
  await t.rejects(may("anna@example.com"), { name: "Failure", exitCode: 75 });
  const db = new Database(join(home, "people.db"));
  db.exec(`CREATE TABLE people (mail); CREATE TABLE writers (mail);
    INSERT INTO people VALUES ('reader@example.com');
    INSERT INTO writers VALUES ('writer@example.com')`);
  t.equal(await may("Writer@example.com"), true);
  t.equal(await may("reader@example.com"), false);
  t.equal(await may("' OR '1'='1@example.com"), false);
});

t.test(
  "that an old answer is taken is told, also where one person is asked about",
  async (t) => {
    const { home, may, said } = await homeWith(
      t,
      '[file]\npath = "people"\nstale = "365d"\n',
    );
    writeFileSync(join(home, "people"), "rubbish\nanna@example.com\n");
    t.equal(await may("anna@example.com"), true);
    t.same(said, []);
    rmSync(join(home, "people"));
    t.equal(await may("anna@example.com"), true);
    t.match(said, [
      /^\[file\]: ENOENT.*; its answer of 0 seconds ago is taken$/,
    ]);
  },
);
