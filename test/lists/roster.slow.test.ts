import { readFileSync } from "node:fs";
import { join } from "node:path";
import t, { type t as tap } from "tap";
import { Roster, rosterOf } from "../../src/lists/roster.ts";
import { deliveries } from "../../src/state/member.ts";
import { makeState } from "../../src/state/state.ts";

async function newRoster(t: Tap): Promise<Roster> {
  const state = await makeState({ home: t.testdir() });
  t.teardown(() => state.close());
  return new Roster(async () => state, { now: () => 1000 });
}

type Tap = Pick<typeof tap, "testdir" | "teardown">;

const list = "dev@example.org";

t.test("adding twice is adding once, and what is not said stays", async (t) => {
  const roster = await newRoster(t);
  t.equal(
    await roster.add(list, "Anna@Example.org", { name: "Anna" }),
    "added",
  );
  t.equal(await roster.add(list, "Anna@example.ORG"), "present");
  t.equal(
    await roster.add(list, "Anna@example.org", { delivery: "digest-mime" }),
    "changed",
  );
  t.equal(
    await roster.add(list, "anna@example.org", { ownCopy: false }),
    "changed",
    "another spelling is the same member",
  );
  t.same(await roster.get("DEV@example.org", "ANNA@EXAMPLE.ORG"), {
    key: "anna@example.org",
    address: "anna@example.org",
    name: "Anna",
    delivery: "digest-mime",
    ownCopy: false,
    duplicates: undefined,
    acknowledge: undefined,
    language: "",
    moderation: "default",
    away: undefined,
    suspended: undefined,
    suspendedFor: "",
    joined: 1000,
  });
  t.equal(await roster.count(list), 1);
  t.equal(await roster.add(list, "no address"), "refused");
});

t.test("removing twice is removing once, from that list only", async (t) => {
  const roster = await newRoster(t);
  await roster.add(list, "a@x.org");
  await roster.add("other@example.org", "a@x.org");
  t.equal(await roster.remove(list, "A@X.org"), true);
  t.equal(await roster.remove(list, "a@x.org"), false);
  t.equal(await roster.get(list, "a@x.org"), undefined);
  t.equal(await roster.count("other@example.org"), 1);
});

t.test(
  "members come by delivery, in order, whole over the pages",
  async (t) => {
    const roster = await newRoster(t);
    const lines = Array.from(
      { length: 2500 },
      (_, i) => `u${i}@x.org,${deliveries[i % 4]},`,
    );
    t.match(await roster.import(list, lines), { added: 2500, refused: [] });
    const all = await Array.fromAsync(roster.members(list));
    t.equal(all.length, 2500);
    t.same(
      all.map((m) => m.key),
      all.map((m) => m.key).sort(),
    );
    const digests = roster.members(list, {
      delivery: ["digest-mime", "digest-plain"],
    });
    t.equal((await Array.fromAsync(digests)).length, 1250);
    const file = join(t.testdir(), "addresses");
    const asOf = await roster.last(list);
    t.same(await roster.addressFile(list, "posts", file), { file, asOf });
    const posts = all.filter(({ delivery }) => delivery === "posts");
    t.equal(posts.length, 625);
    t.equal(
      readFileSync(file, "utf8"),
      posts.map(({ address }) => `${address}\n`).join(""),
    );
    t.equal(await roster.count(list, ["nomail"]), 625);
  },
);

t.test("members may be removed while they are read", async (t) => {
  const roster = await newRoster(t);
  await roster.import(
    list,
    Array.from({ length: 3000 }, (_, i) => `u${i}@x.org`),
  );
  let seen = 0;
  for await (const member of roster.members(list)) {
    seen += 1;
    await roster.remove(list, member.address);
  }
  t.equal(seen, 3000);
  t.equal(await roster.count(list), 0);
});

t.test("an import tells what it did with each line", async (t) => {
  const roster = await newRoster(t);
  await roster.add(list, "old@x.org", { name: "Old" });
  const result = await roster.import(list, [
    "\ufeffaddress,delivery,name",
    "# a comment",
    "",
    "old@x.org",
    "new@x.org\r",
    "New@x.org,digest-plain",
    'Jane "J" Doe <jane@x.org>',
    '"Doe, John" <john@x.org>',
    'carl@x.org,nomail,"Carl, ""the"" <great>"',
    "nobody",
    "bad@x.org,weekly,",
    "x@x.org,,a,b",
    "a@x.org b@x.org",
  ]);
  t.same(result, {
    added: 4,
    changed: 1,
    present: 1,
    refusals: 4,
    refused: [
      { line: 10, text: "nobody", why: "no usable address" },
      {
        line: 11,
        text: "bad@x.org,weekly,",
        why: "delivery must be one of posts, digest-mime, digest-plain, nomail",
      },
      {
        line: 12,
        text: "x@x.org,,a,b",
        why: "more than address,delivery,name",
      },
      { line: 13, text: "a@x.org b@x.org", why: "no usable address" },
    ],
  });
  const names = (await Array.fromAsync(roster.members(list))).map((m) => [
    m.address,
    m.delivery,
    m.name,
  ]);
  t.same(names, [
    ["carl@x.org", "nomail", 'Carl, "the" <great>'],
    ["jane@x.org", "posts", 'Jane "J" Doe'],
    ["john@x.org", "posts", "Doe, John"],
    ["New@x.org", "digest-plain", ""],
    ["old@x.org", "posts", "Old"],
  ]);
});

t.test("an export is imported again without a change", async (t) => {
  const roster = await newRoster(t);
  await roster.import(list, [
    "a@x.org,nomail,A",
    '"Doe, John" <john@x.org>',
    '"a b"@x.org',
  ]);
  const lines = await Array.fromAsync(roster.export(list));
  const since = "1970-01-01T00:00:01.000Z";
  t.same(lines, [
    "address,delivery,name,language,moderation,own_copy,duplicates,acknowledge,away,suspended,suspended_for,joined",
    `"""a b""@x.org",posts,,,default,,,,,,,${since}`,
    `a@x.org,nomail,A,,default,,,,,,,${since}`,
    `john@x.org,posts,"Doe, John",,default,,,,,,,${since}`,
  ]);
  t.match(await roster.import(list, lines), {
    added: 0,
    changed: 0,
    present: 3,
    refused: [],
  });
  t.match(await roster.import("copy@x.org", lines), { added: 3 });
});

t.test("100,000 members are imported and read page by page", async (t) => {
  const state = await makeState({ home: t.testdir() });
  t.teardown(() => state.close());
  const roster = new Roster(async () => state, { now: () => 1 });
  function* lines() {
    for (let i = 0; i < 100_000; i += 1) yield `user${i}@example${i % 100}.org`;
  }
  t.equal((await roster.import(list, lines())).added, 100_000);
  let largest = 0;
  for await (const page of state.members.all(list))
    largest = Math.max(largest, page.length);
  t.equal(largest, 1000);
});

t.test("a roster that is not there is no empty one", async (t) => {
  await t.rejects(
    rosterOf(t.testdir()).count(list),
    /missing; mount it, or make a new one/,
  );
});

t.test("who is away or suspended is on no distribution list", async (t) => {
  const state = await makeState({ home: t.testdir() });
  t.teardown(() => state.close());
  let now = 1000;
  const roster = new Roster(async () => state, { now: () => now });
  const dir = t.testdir();
  let files = 0;
  const mailed = async () => {
    files += 1;
    const file = join(dir, `${files}`);
    await roster.addressFile(list, "posts", file);
    return readFileSync(file, "utf8").trim();
  };
  await roster.import(list, ["a@x.org", "b@x.org", "c@x.org"]);
  await roster.add(list, "d@x.org", { delivery: "digest-mime", away: 2000 });
  await roster.add(list, "b@x.org", { away: 2000 });
  t.equal(await roster.suspend(list, "C@x.org", "bounces"), "changed");
  t.equal(await mailed(), "a@x.org");
  t.equal(await roster.readers(list, ["digest-mime", "digest-plain"]), 0);
  t.equal(await roster.count(list, ["digest-mime"]), 1);
  const reached = roster.members(list, { reached: true });
  t.equal((await Array.fromAsync(reached)).length, 1);
  now = 2000;
  t.equal(await mailed(), "a@x.org\nb@x.org");
  t.equal(await roster.readers(list, ["digest-mime", "digest-plain"]), 1);
  t.equal(await roster.suspend(list, "c@x.org", "spam"), "changed");
  t.match(await roster.get(list, "c@x.org"), {
    suspended: 1000,
    suspendedFor: "spam",
  });
  t.equal(await roster.resume(list, "c@x.org"), "changed");
  t.equal(await roster.resume(list, "c@x.org"), "present");
  t.equal(await mailed(), "a@x.org\nb@x.org\nc@x.org");
  t.equal(await roster.suspend(list, "nobody@x.org", ""), "absent");
  t.equal(await roster.count(list), 4, "nobody joins by that");
});

t.test("the history tells who did what", async (t) => {
  const roster = await newRoster(t);
  const anna = { by: "mail", who: "anna@x.org", messageId: "<1@x>" } as const;
  await roster.add(list, "Anna@x.org", {}, anna);
  await roster.import(list, ["bob@x.org"], { by: "import", who: "root" });
  await roster.import(list, ["carl@x.org"]);
  await roster.change(list, "anna@X.org", { language: "de" }, anna);
  await roster.remove(list, "bob@x.org", { by: "web", who: "root" });
  const told = async (address?: string) =>
    (await Array.fromAsync(roster.history(list, address))).map((one) =>
      [one.what, one.address, one.by, one.who, one.detail].join(" ").trim(),
    );
  t.same(await told(), [
    "joined Anna@x.org mail anna@x.org",
    "joined bob@x.org import root",
    "joined carl@x.org import",
    "changed Anna@x.org mail anna@x.org language - > de",
    "left bob@x.org web root",
  ]);
  t.same(await told("ANNA@x.org"), [
    "joined Anna@x.org mail anna@x.org",
    "changed Anna@x.org mail anna@x.org language - > de",
  ]);
  t.same((await Array.fromAsync(roster.journal(list))).slice(0, 2), [
    "at,what,address,by,who,message_id,detail",
    "1970-01-01T00:00:01.000Z,joined,Anna@x.org,mail,anna@x.org,<1@x>,",
  ]);
  await roster.rename(list, "new@example.org", anna);
  t.same(await told(), []);
  t.equal(await roster.count("new@example.org"), 2);
  await roster.clear("new@example.org");
  t.same(await Array.fromAsync(roster.history("new@example.org")), []);
});

t.test("a wrong header imports nothing", async (t) => {
  const roster = await newRoster(t);
  const lines = ["# people", "address,naem,delivery", "a@x.org,A,posts"];
  const reason =
    /:2: no such column: "naem"; there may stand address, delivery, name, .*; nothing was imported/;
  await t.rejects(roster.import(list, lines, undefined, "people.csv"), {
    exitCode: 65,
    message: reason,
  });
  await t.rejects(roster.import(list, lines), { message: /^line 2: no such/ });
  t.equal(await roster.count(list), 0);
});
