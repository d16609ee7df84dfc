// What befalls lists on the command line: renamed, frozen, taken away and brought back, with every
// sentence, and an event for each.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import aliases from "../../../src/cli/aliases.ts";
import { Context } from "../../../src/cli/context.ts";
import list from "../../../src/cli/list.ts";
import { importMembers } from "../../../src/cli/member/import.ts";
import member from "../../../src/cli/member.ts";
import suppress from "../../../src/cli/suppress.ts";
import { begin } from "../../../src/lists/renaming.ts";
import { rosterOf } from "../../../src/lists/roster.ts";
import { stateOf } from "../../../src/lists/state.ts";
import { feed, makeHome, news, runAll, verb, waiting } from "../atHome.ts";

const paper = "paper@lists.example.org";

async function made(t: Test) {
  const home = await makeHome(t);
  await rosterOf(home).add(news, "anna@example.com", { name: "Anna" });
  const run = (...args: string[]) => verb(t, home, list, args);
  return { home, run, at: (...path: string[]) => join(home, "lists", ...path) };
}

async function addresses(home: string, list: string): Promise<string[]> {
  const members = rosterOf(home).members(list);
  return Array.fromAsync(members, ({ address }) => address);
}

/** The events of lists that wait, without what differs each time. */
function events(home: string) {
  return waiting(home, "events").flatMap((entry) => {
    const text = readFileSync(join(entry, "message"), "utf8");
    const { event, list, detail, by } = JSON.parse(
      text.slice(text.indexOf("\n\n")),
    );
    return event.startsWith("list.")
      ? [{ event, list, detail, by: by.by }]
      : [];
  });
}

t.test("a list gets another address", async (t) => {
  const { home, run, at } = await made(t);
  mkdirSync(at(news, "hooks.d/posts/10-approve"), { recursive: true });
  writeFileSync(at(news, "suppressed"), "x@example.com\n");
  mkdirSync(join(home, "archive", news, "numbers"), { recursive: true });
  const settings = readFileSync(at(news, "list.toml"), "utf8");
  t.match(await run("rename", "News@lists.example.org", paper), {
    code: 0,
    out: `${news} is ${paper} now; mail for ${news} goes there\n`,
    err: "",
  });
  t.same(readdirSync(at(paper)).sort(), ["hooks.d", "list.toml", "suppressed"]);
  t.same(readdirSync(at(news)), ["list.toml"]);
  t.equal(readFileSync(at(paper, "list.toml"), "utf8"), settings);
  t.same(readdirSync(join(home, "archive")), [paper]);
  t.match(await rosterOf(home).get(paper, "anna@example.com"), {
    name: "Anna",
  });
  t.equal(await rosterOf(home).count(news), 0);
  t.match(
    (await run()).out,
    /^paper@\S+ +1 +.*\nnews@\S+ +moved +moved to paper@lists\.example\.org$/m,
  );
  t.match(JSON.parse((await verb(t, home, list, [], true)).out), [
    { list: paper, members: 1 },
    { list: news, moved: paper },
  ]);
  t.match(await run("rename", news, paper), {
    code: 0,
    out: `${news} has moved to ${paper} already\n`,
  });
  t.match(await run("show", news), { code: 0, out: /^paper@\S+: 1 members/ });
  t.match(await run("create", news), {
    code: 73,
    err: /news@\S+ has moved to paper@\S+; end that first: listmill list remove news@/,
  });
  t.match(await run("rename", news, "other@lists.example.org"), {
    code: 64,
    err: /has moved to paper@lists\.example\.org already; name that/,
  });
  t.match(await run("create", "news-owner@lists.example.org"), {
    code: 64,
    err: /mistaken for an address of the list news@/,
  });
  t.same(events(home), [
    {
      event: "list.renamed",
      list: paper,
      detail: { from: news },
      by: "command",
    },
  ]);
  t.match(await run("rename", paper, news), { code: 0 }, "and back");
  t.same(readdirSync(at(paper)), ["list.toml"]);
  t.equal(readFileSync(at(news, "list.toml"), "utf8"), settings);
  t.equal(await rosterOf(home).count(news), 1);
  t.match(await run("remove", paper), {
    code: 0,
    out: `${paper} leads to ${news} no more\n`,
  });
  t.match((await run()).out, /^list .*\nnews@\S+ +1 +\S+\n$/);
});

t.test("renamed twice, the first address still leads there", async (t) => {
  const { home, run } = await made(t);
  const last = "last@elsewhere.example";
  await run("rename", news, paper);
  t.match(await run("rename", paper, last), { code: 0 });
  await feed(home, "From: a@example.com\nSubject: x\n\nx\n");
  const log = (await runAll(home)).join("\n");
  t.match(log, /list\.renamed last@elsewhere\.example by command/);
  const [entry = ""] = waiting(home, "outbound");
  t.match(
    readFileSync(join(entry, "message"), "utf8"),
    /^List-Id: <last\.elsewhere\.example>$/m,
  );
  const domains = await verb(t, home, aliases, ["--mta", "postfix"]);
  t.match(
    domains.out,
    /relay_domains = elsewhere\.example lists\.example\.org/,
  );
  t.match(await run("rename", last, news), { code: 0 }, "back to the first");
  t.match((await run("show", paper)).out, /^news@/);
});

t.test("what stands in the way of another address", async (t) => {
  const { home, run, at } = await made(t);
  await run("create", "dev@lists.example.org");
  mkdirSync(at("full@lists.example.org"));
  writeFileSync(at("full@lists.example.org", "suppressed"), "");
  mkdirSync(join(home, "archive", news));
  mkdirSync(join(home, "archive", paper));
  await run("create", "old@lists.example.org");
  await run("rename", "old@lists.example.org", "young@lists.example.org");
  const cases: [string[], number, RegExp][] = [
    [[news], 64, /takes two addresses/],
    [[news, paper, "more"], 64, /argument too many/],
    [[news, "nonsense"], 64, /not an address that a list can have/],
    [["gone@lists.example.org", paper], 67, /there is no list gone@/],
    [[news, news], 73, /this list exists already/],
    [[news, "dev@lists.example.org"], 73, /this list exists already/],
    [[news, "dev-owner@lists.example.org"], 64, /would be mistaken/],
    [[news, "news-owner@lists.example.org"], 64, /would be mistaken/],
    [
      [news, "full@lists.example.org"],
      73,
      /full@\S+ is there, with suppressed/,
    ],
    [[news, "old@lists.example.org"], 73, /leads to another list/],
    [[news, paper], 73, /archive\/paper@\S+ is there, the archive of another/],
  ];
  for (const [args, code, err] of cases)
    t.match(await run("rename", ...args), { code, err }, args.join(" "));
  t.match((await run("show", news)).out, /^news@\S+: 1 members/);
});

t.test("what is cut short goes on, and mail waits meanwhile", async (t) => {
  const { home, run, at } = await made(t);
  const file = at(news, "list.toml");
  renameSync(file, at(news, "moving.toml"));
  writeFileSync(file, `moved = "${paper}"\n`);
  await t.rejects(feed(home, "From: a@example.com\n\nx\n"), {
    exitCode: 75,
    message:
      /is no list here; if its renaming was cut short, say again: listmill list rename news@\S+ paper@/,
  });
  t.match((await run()).out, /news@\S+ +moved +moved to paper@/);
  t.match(await run("rename", news, paper), { code: 0 });
  t.ok(existsSync(at(paper, "list.toml")));
  t.equal(await rosterOf(home).count(paper), 1);
});

t.test("frozen, and thawed", async (t) => {
  const { home, run } = await made(t);
  t.match(await run("freeze", news), {
    code: 0,
    out: /news@\S+ is frozen: posts are refused/,
  });
  t.match((await run("freeze", news)).out, /is frozen already/);
  t.match((await run()).out, /^news@.* frozen$/m);
  await feed(home, "From: anna@example.com\nSubject: x\n\nx\n", {
    sender: "anna@example.com",
  });
  t.match(
    (await runAll(home)).join("\n"),
    /rejected by posts\/10-approve\/05-frozen.*: news@lists\.example\.org takes no messages and no new members for the time being\./,
  );
  t.match(await run("thaw", news), { code: 0, out: /is thawed\n/ });
  t.match((await run("thaw", news)).out, /is thawed already/);
  await run(
    "set",
    news,
    "description=x",
    "sql.url=sqlite:secret",
    "sql.query=x",
  );
  t.same(
    events(home).map(({ event, detail }) => [event, detail]),
    [
      ["list.thawed", {}],
      ["list.changed", { settings: ["description", "sql.url", "sql.query"] }],
    ],
    "what was set, and no secret",
  );
});

t.test("taken away, and brought back", async (t) => {
  const { home, run, at } = await made(t);
  await run("create", "dev@lists.example.org");
  await run("rename", "dev@lists.example.org", "work@lists.example.org");
  mkdirSync(join(home, "archive", news));
  await feed(home, "From: anna@example.com\n\nx\n");
  await run("set", news, "description=All news");
  t.match(await run("restore"), { code: 0, out: "list  folder\n" });
  t.match(await run("restore", news), {
    code: 66,
    err: /nothing is kept aside of news@/,
  });
  const removed = await run("remove", news);
  t.match(removed.out, /^news@\S+: kept aside in .*\/\.removed-news@\S+-1\n/);
  t.match(removed.out, /its archive stays in .*archive\/news@\S+: a list that/);
  t.match(removed.out, /1 entry of it waits until there is such a list again/);
  t.match(
    (await run("remove", "work@lists.example.org")).out,
    /mail for dev@\S+, which leads to it, waits; end that with: listmill list remove dev@/,
  );
  t.match(await run("restore"), {
    out: /^news@\S+ +\.removed-news@lists\.example\.org-1$/m,
  });
  await run("create", news);
  t.match(await run("restore", news), {
    code: 73,
    err: /there is such a list; take it away first/,
  });
  await run("remove", news);
  t.match(await run("restore", at(`.removed-${news}-1`)), {
    code: 0,
    out: /^news@\S+: back in .*, with 1 member\n/,
  });
  t.match(await run("show", news), { out: /description = All news/ });
  t.match(await rosterOf(home).get(news, "anna@example.com"), { name: "Anna" });
  t.notOk(existsSync(at(news, "members.csv")), "it can be taken away again");
  t.match(await run("remove", news), { code: 0 });
  t.match(await run("restore", "News@lists.example.org"), {
    code: 0,
    out: /with 1 member\b/,
  });
  const bad = at(`.removed-${news}-3`, ".tables/members.csv");
  await run("remove", news);
  writeFileSync(bad, "address\nfine@example.com\nnonsense\n");
  t.match(await run("restore", `.removed-${news}-3`), {
    code: 65,
    err: /members\.csv:3: .*; mend the line or take it out, and say it again/,
  });
  writeFileSync(bad, "address\nfine@example.com\n#other@example.com\n");
  t.match(await run("restore", `.removed-${news}-3`), {
    code: 65,
    err: /members\.csv: 1 of 2 lines are remarks, with # before them/,
  });
  t.equal(await rosterOf(home).count(news), 0, "nothing is left of that");
  t.same(
    events(home).map(({ event }) => event),
    [
      "list.created",
      "list.renamed",
      "list.changed",
      "list.removed",
      "list.removed",
      "list.created",
      "list.removed",
      "list.restored",
      "list.removed",
      "list.restored",
      "list.removed",
    ],
  );
  const log = (await runAll(home, { after: 3_600_000 })).join("\n");
  t.match(log, /list\.removed news@\S+ by command \S+ \{"aside":/);
  t.same(
    events(home).map(({ event, list }) => [event, list]),
    [["list.created", "dev@lists.example.org"]],
    "what is told of an address that leads nowhere waits",
  );
});

t.test(
  "who, since when and why comes back, and files of others stay",
  async (t) => {
    const { home, run, at } = await made(t);
    const roster = rosterOf(home);
    const root = { by: "command", who: "root" } as const;
    await roster.role(news, "bob@example.com", "owner", true, root, 86_400_000);
    await roster.suspend(news, "anna@example.com", "bounces, many", root);
    const before = await roster.get(news, "anna@example.com");
    const history = await Array.fromAsync(roster.history(news));
    writeFileSync(at(news, "members.csv"), "other@example.com\n");
    for (const _ of ["once", "again"]) {
      await run("remove", news);
      t.match(await run("restore", news), { code: 0, out: /with 1 member\b/ });
    }
    t.same(await roster.get(news, "anna@example.com"), before);
    t.match(await roster.people(news), [{ role: "owner", since: 86_400_000 }]);
    const now = await Array.fromAsync(roster.history(news));
    t.same(
      now.slice(0, -2).map(({ id: _, ...rest }) => rest),
      history.map(({ id: _, ...rest }) => rest),
    );
    t.match(now.slice(-2), [
      { what: "restored", by: "command", who: /./ },
      { what: "restored", by: "command", who: /./ },
    ]);
    t.same(readdirSync(at(news)).sort(), ["list.toml", "members.csv"]);
  },
);

t.test("who gets nothing of a list is kept with it", async (t) => {
  const { home, run } = await made(t);
  const silent = async () => {
    const pages = (await stateOf(home)).suppressed.all(news);
    return (await Array.fromAsync(pages)).flat();
  };
  const say = (...args: string[]) => verb(t, home, suppress, args);
  await say(
    "add",
    "--list",
    news,
    "--reason",
    "bounced, twice",
    "x@example.com",
  );
  await say("add", "--list", news, "@example.net");
  const before = await silent();
  t.equal(before.length, 2);
  await run("remove", news);
  t.same(await silent(), []);
  t.match(await run("create", news), { code: 0 });
  t.same(await silent(), [], "another list has none of them");
  await run("remove", news);
  t.match(await run("restore", `.removed-${news}-1`), { code: 0 });
  t.same(await silent(), before);
});

t.test("who comes behind the tables is kept aside too", async (t) => {
  const { run, at, home } = await made(t);
  const roster = rosterOf(home);
  const members = (n: number) =>
    readFileSync(at(`.removed-${news}-${n}`, ".tables/members.csv"), "utf8");
  t.match(await run("remove", news), { code: 0 });
  // As if it had been killed when all was cleared; then one comes who had been asked before.
  writeFileSync(at(`.removed-${news}-1`, ".removing"), "");
  await roster.add(news, "late@example.com");
  t.match(await run("remove", news), {
    code: 0,
    out: /removed-news@\S+-1\n[\s\S]*removed-news@\S+-2\n/,
  });
  t.match(members(1), "anna@example.com");
  t.match(members(2), "late@example.com");
  t.equal(await roster.count(news), 0);

  // As if it had been killed when they were written: what they lack is written again.
  rmSync(at(`.removed-${news}-2`), { recursive: true });
  await roster.add(news, "anna@example.com");
  const { last = 0 } = (await roster.changes(news)) ?? {};
  await roster.add(news, "late@example.com");
  writeFileSync(at(`.removed-${news}-1`, ".tables/last"), `${last}\n`);
  writeFileSync(at(`.removed-${news}-1`, ".removing"), "");
  t.match(await run("remove", news), { code: 0 });
  t.match(members(1), /anna@example\.com[\s\S]*late@example\.com/);
  t.notOk(existsSync(at(`.removed-${news}-2`)));
});

t.test("a footer that begins with moved is no other address", async (t) => {
  const { run, at } = await made(t);
  const settings = 'footer = """\nmoved to the new room\n"""\n';
  writeFileSync(at(news, "list.toml"), settings);
  t.match(await run("rename", news, paper), { code: 0 });
  t.equal(readFileSync(at(paper, "list.toml"), "utf8"), settings);
});

t.test("while it is renamed nobody is lost on the way", async (t) => {
  const { home, run, at } = await made(t);
  await begin(at(), news, paper);
  t.match(await run("remove", news), {
    code: 75,
    err: /its renaming was cut short, or is at work; say it again first: listmill list rename news@\S+ paper@/,
  });
  t.match(await run("rename", news, paper), { code: 0 });
  // One that began with the old address.
  const file = join(home, "members.txt");
  writeFileSync(file, "late@example.com\n");
  const context = new Context(home, false);
  t.equal(await importMembers(context, news, file), 0);
  t.same(await addresses(home, news), []);
  t.same(await addresses(home, paper), [
    "anna@example.com",
    "late@example.com",
  ]);
});

t.test("a list on demand loses nobody to one that comes back", async (t) => {
  const { home, run, at } = await made(t);
  const roster = rosterOf(home);
  t.match(await run("remove", news), { code: 0 });
  mkdirSync(at("@lists.example.org"));
  writeFileSync(at("@lists.example.org/list.toml"), "");
  await roster.add(news, "late@example.com");
  t.match(await run("restore", news), {
    code: 73,
    err: /keep them aside first: listmill list remove news@/,
  });
  t.equal(await roster.count(news), 1);
});

t.test("what is left of a list is not another one's", async (t) => {
  const { home, run, at } = await made(t);
  await rosterOf(home).role(news, "bob@example.com", "owner", true);
  renameSync(at(news), join(home, "elsewhere"));
  for (const args of [
    ["create", news],
    ["rename", paper, news],
  ]) {
    await run("create", paper);
    t.match(
      await run(...args),
      {
        code: 73,
        err: /there are members, roles or suppressed addresses of a list that had this address; keep them aside first: listmill list remove news@/,
      },
      args.join(" "),
    );
  }
  t.match(await run("remove", news), { code: 0, out: /kept aside in/ });
  t.match(await run("create", news), { code: 0 });
  t.equal(await rosterOf(home).count(news), 0);
  await run("remove", news);
  t.match(await run("restore", `.removed-${news}-1`), {
    code: 0,
    out: /with 1 member\b/,
  });
  mkdirSync(at(paper, "more"), { recursive: true });
  await run("remove", paper);
  mkdirSync(at(paper, "more"), { recursive: true });
  t.match(await run("restore", paper), {
    code: 73,
    err: /is there, with more/,
  });
});

t.test("where mail goes is not set to nowhere", async (t) => {
  const { home, run, at } = await made(t);
  t.match(await run("set", news, `moved=${paper}`), {
    code: 64,
    err: /moved: paper@\S+ is no list that mail can go to; .*listmill list rename news@\S+ paper@/,
  });
  t.match(await run("set", news, `moved=${news}`), { code: 64 });
  t.match(await run("create", "x@lists.example.org", `moved=${paper}`), {
    code: 64,
  });
  await run("create", paper);
  t.match(await run("set", news, `moved=${paper}`), { code: 0 });
  t.match(await run("show", news), { out: /^paper@/ });
  t.match(await run("set", news, "moved="), { code: 0, out: /^news@/ });
  t.match(await run("show", news), { out: /^news@\S+: 1 members/ });
  t.notOk(existsSync(at(paper, "moving.toml")));
  await run("set", news, "owners=a@example.com");
  t.match(await run("set", news, "owners="), {
    code: 0,
    err: /news@\S+ has no owners in its settings now/,
  });
  t.equal(await rosterOf(home).count(news), 1);
});

t.test("two that rename a list at once destroy nothing", async (t) => {
  const { run, at, home } = await made(t);
  await run("set", news, "description=All news");
  const settings = readFileSync(at(news, "list.toml"), "utf8");
  const root = join(home, "lists");
  await begin(root, news, paper);
  await t.rejects(begin(root, news, "other@lists.example.org"), {
    exitCode: 75,
    message:
      /is being renamed to paper@\S+; say that again: listmill list rename/,
  });
  await begin(root, news, paper);
  t.equal(readFileSync(at(news, "moving.toml"), "utf8"), settings);
  t.match(await run("rename", news, paper), { code: 0 });
  await t.rejects(begin(root, news, "late@lists.example.org"), {
    exitCode: 75,
    message: /news@\S+ has got another address just now/,
  });
  t.same(readdirSync(at(news)), ["list.toml"]);
  t.equal(readFileSync(at(paper, "list.toml"), "utf8"), settings);
  t.match(await run("rename", paper, news), { code: 0 });
  t.same(readdirSync(at(news)), ["list.toml"]);
  t.match(await verb(t, home, member, ["history", news]), {
    out: /renamed +by command \S+ +news@\S+ > paper@/,
  });
});

t.test("what was begun on the way back waits too", async (t) => {
  const { home, run, at } = await made(t);
  await run("rename", news, paper);
  await begin(join(home, "lists"), paper, news);
  for (const address of [news, paper])
    t.match(
      await run("show", address),
      {
        code: 75,
        err: /say again: listmill list rename paper@\S+ news@/,
      },
      address,
    );
  t.match(await run("rename", paper, news), { code: 0 });
  t.match(await run("show", paper), { out: /^news@\S+: 1 members/ });
  writeFileSync(at(news, "list.toml"), `moved = "${paper}"\n`);
  t.match(await run("show", news), { code: 78, err: /in a circle/ });
});

t.test("without a spool nothing is done", async (t) => {
  const { home, run, at } = await made(t);
  renameSync(join(home, "spool"), join(home, "elsewhere"));
  for (const args of [
    ["create", paper],
    ["freeze", news],
    ["rename", news, paper],
    ["remove", news],
  ])
    t.match(await run(...args), { code: 75, err: /spool/ }, args.join(" "));
  t.notOk(existsSync(at(paper)));
  t.match(await run("show", news), { code: 0 });
});
