import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t, { type t as tap } from "tap";
import { csvLine, memberLine } from "../../src/lists/memberLine.ts";
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
    t.same(await roster.addressFile(list, "posts", file), { file });
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
    refused: [
      { line: 10, text: "nobody", why: "no usable address" },
      {
        line: 11,
        text: "bad@x.org,weekly,",
        why: "the delivery must be one of posts, digest-mime, digest-plain, nomail",
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
  t.same(lines, [
    '"""a b""@x.org",posts,',
    "a@x.org,nomail,A",
    'john@x.org,posts,"Doe, John"',
  ]);
  t.match(await roster.import(list, lines), {
    added: 0,
    changed: 0,
    present: 3,
    refused: [],
  });
  t.match(await roster.import("copy@x.org", lines), { added: 3 });
});

t.test("every member survives its line", async () => {
  const member = fc.record({
    address: fc.constantFrom(
      "a@x.org",
      '"a,b"@x.org',
      '"a\\"b"@x.org',
      "é@x.org",
      "a+b@[127.0.0.1]",
    ),
    delivery: fc.constantFrom(...deliveries),
    name: fc
      .string({ unit: "grapheme" })
      .map((name) => name.replace(/\p{C}/gu, "").trim()),
  });
  fc.assert(
    fc.property(member, (one) => {
      const { name, ...rest } = one;
      const read = memberLine(csvLine(one));
      assert.deepEqual({ ...read }, name === "" ? { ...rest } : { ...one });
    }),
    { numRuns: 500 },
  );
});

t.test("no line breaks the reading", async () => {
  const piece = fc.constantFrom(
    '"',
    ",",
    "<",
    ">",
    "a@b.org",
    "posts",
    " ",
    "\\",
    "x",
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(piece).map((all) => all.join("")),
      ),
      (line) => {
        const read = memberLine(line);
        return "why" in read || read.address.includes("@");
      },
    ),
  );
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
