// What is printed for the MTA: where a domain is shared with people, every address of a list is in it, and
// nobody else's.
import t, { type Test } from "tap";
import aliases from "../../src/cli/aliases.ts";
import { Context } from "../../src/cli/context.ts";
import { doorOf, outside } from "../../src/receipt/door.ts";
import { makeHome, news, verb } from "./atHome.ts";

/** The table of Postfix's, as a look-up in it. */
async function table(t: Test, settings = "", ...lists: string[]) {
  const home = await makeHome(t, { settings });
  for (const list of lists)
    await new Context(home, false).lists.create(list, { policy: "open" });
  const { out } = await verb(t, home, aliases, ["--mta", "postfix"]);
  const exim = await verb(t, home, aliases, ["--mta", "exim"]);
  const patterns = out.match(/(?<=^\/).*(?=\/ listmill:$)/gm) ?? [];
  for (const pattern of patterns)
    t.ok(exim.out.split("\n").includes(pattern), "the same for Exim");
  return (address: string) =>
    patterns.some((pattern) => new RegExp(pattern, "i").test(address));
}

t.test("all addresses of a list", async (t) => {
  const has = await table(t);
  t.ok(has(news));
  const extensions = [
    ...["request", "owner", "bounces", "bounces+token", "help", "faq", "who"],
    ...["subscribe", "subscribe-digest", "subscribe-nomail", "join", "leave"],
    ...["unsubscribe", "unsubscribe+token", "confirm+token", "index"],
    ...[
      "set+digest",
      "set-nomail",
      "get-5",
      "get-5-10",
      "thread-5",
      "digest-5",
    ],
    ...["approve+token", "reject+token", "discard+token", "free+token"],
  ];
  for (const extension of extensions)
    for (const delimiter of "-+") {
      t.ok(has(news.replace("@", `${delimiter}${extension}@`)), extension);
      t.equal(doorOf(extension, "-+", false).kind, "queue", extension);
    }
  for (const word of outside)
    t.equal(doorOf(word, "-+", false).kind, "queue", word);
  for (const other of [
    ...["newsroom", "news-paper", "old-news", "news-owners"],
    ...["news-digest", "news-digest-5x", "news-archive"],
  ])
    t.notOk(has(`${other}@lists.example.org`), other);
  t.notOk(has("news@lists.example.org.example"));
  t.notOk(has("news@listsxexample.org"));
});

t.test("names with signs in them, other delimiters", async (t) => {
  const has = await table(
    t,
    'delimiters = "+="',
    ...["c++@x.example", "a.b@x.example", "s$@x.example"],
  );
  for (const there of ["c++", "c+++help", "c++=get=5", "a.b+owner", "s$"])
    t.ok(has(`${there}@x.example`), there);
  for (const other of ["c", "ccc", "a-b", "a.b-owner", "s", "c++-help"])
    t.notOk(has(`${other}@x.example`), other);
});

t.test("a list that has moved keeps its addresses", async (t) => {
  const home = await makeHome(t);
  const { lists } = new Context(home, false);
  await lists.create("old@x.example", { policy: "open", moved: news });
  const { out } = await verb(t, home, aliases, ["--mta", "postfix"]);
  t.match(out, "/^old(");
});
