import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t from "tap";
import { Lists } from "../../src/lists/directory.ts";
import { loadSite } from "../../src/lists/settings.ts";

function listsIn(home: string): Lists {
  return new Lists(home, loadSite(home));
}

t.test("a list that was made is there, with what was given", async (t) => {
  const home = t.testdir();
  const lists = listsIn(home);
  const missing = { exitCode: 75, message: /is missing; mount it/ };
  t.throws(() => lists.get("dev@example.org"), missing);
  t.throws(() => lists.names(), missing, "none are not an empty home");
  t.throws(() => lists.domains(), missing);
  await t.rejects(lists.create("dev@example.org"), missing);
  t.same(readdirSync(home), [], "nothing is made where a mount is missing");
  mkdirSync(join(home, "lists"));
  t.equal(lists.get("dev@example.org"), undefined, "a home without lists");
  const list = await lists.create("Dev@Example.ORG", { description: "x" });
  t.match(list, {
    address: "dev@example.org",
    local: "dev",
    domain: "example.org",
    dir: join(home, "lists/dev@example.org"),
    settings: { description: "x", policy: "members" },
    environment: { LISTMILL_SETTING_DESCRIPTION: "x" },
  });
  t.equal(lists.get("DEV@example.org"), list);
  t.same(lists.all(), [list]);
  t.same(listsIn(home).all().length, 1);
  t.same(readdirSync(list.dir), ["list.toml"], "no draft is left");
  await t.rejects(lists.create("dev@example.org"), {
    exitCode: 73,
    message: /exists already/,
  });
});

t.test("a folder that an admin has prepared becomes a list", async (t) => {
  const home = t.testdir({
    lists: { "a@b.org": { "hooks.d": {} }, "@b.org": { "hooks.d": {} } },
  });
  const lists = listsIn(home);
  t.equal(lists.get("a@b.org"), undefined);
  t.same(lists.all(), []);
  await lists.create("a@b.org");
  t.same(lists.names(), ["a@b.org"], "the folder of a whole domain is no list");
  t.equal(lists.get("@b.org"), undefined);
});

t.test("no address leads out of the folder of lists", async (t) => {
  const home = t.testdir({
    lists: { "a@b.org": { "list.toml": "" } },
    "evil@b.org": { "list.toml": "" },
    "list.toml": "",
  });
  const lists = listsIn(home);
  for (const bad of [
    "../evil@b.org",
    "../lists/a@b.org",
    "a@b.org/",
    "a@b.org/.",
    "..",
    ".",
    "",
    "@",
    "a@b.org\0",
    "./a@b.org",
    "a@b.org\n",
    ".a@b.org",
    `${"x".repeat(300)}@b.org`,
    "__proto__",
  ]) {
    t.equal(lists.get(bad), undefined, JSON.stringify(bad));
    await t.rejects(lists.set(bad, ["policy", "open"]), { name: "Failure" });
    await t.rejects(lists.remove(bad), { name: "Failure" });
  }
  for (const bad of [
    "../x@b.org",
    "x/y@b.org",
    "nodomain",
    "a b@c.org",
    "x@b.org\0",
    ".x@b.org",
  ])
    await t.rejects(lists.create(bad), { name: "Failure", exitCode: 64 });
});

t.test(
  "a change by hand counts from the next call on, also within a tick",
  async (t) => {
    const home = t.testdir({ lists: { "a@b.org": { "list.toml": "" } } });
    const lists = listsIn(home);
    const file = join(home, "lists/a@b.org/list.toml");
    const first = lists.get("a@b.org");
    t.equal(
      lists.get("a@b.org"),
      first,
      "the same object while nothing changes",
    );
    const { atime, mtime } = statSync(file);
    for (const posts of [1, 2, 3, 4, 5]) {
      writeFileSync(file, `digest.posts = ${posts}`);
      utimesSync(file, atime, mtime);
      t.equal(lists.get("a@b.org")?.settings.digest.posts, posts);
    }
    const other = new Lists(home, loadSite(home));
    await other.create("c@b.org");
    t.ok(lists.get("c@b.org"), "a list that another process made");
    await other.remove("a@b.org");
    t.equal(lists.get("a@b.org"), undefined);
  },
);

t.test("a broken list.toml throws until it is right again", async (t) => {
  const home = t.testdir({
    lists: { "a@b.org": { "list.toml": "policy = 1\n" } },
  });
  const lists = listsIn(home);
  const file = join(home, "lists/a@b.org/list.toml");
  for (let i = 0; i < 2; i += 1)
    t.throws(() => lists.get("a@b.org"), {
      exitCode: 78,
      message: `${file}:1: policy: must be "open" or "members" or "moderated" or "announce" or "closed", not 1`,
    });
  t.same(lists.names(), ["a@b.org"]);
  writeFileSync(file, "");
  t.ok(lists.get("a@b.org"));
});

t.test(
  "set keeps comments and order, and nothing changes where the result would not fit",
  async (t) => {
    const text =
      '# mine\npolicy = "announce" # why\n\n[digest]\n# few\nposts = 5\n';
    const home = t.testdir({ lists: { "a@b.org": { "list.toml": text } } });
    const lists = listsIn(home);
    const file = join(home, "lists/a@b.org/list.toml");
    const read = () => readFileSync(file, "utf8");
    const list = await lists.set("A@b.org", ["digest.posts", 9]);
    t.equal(list.settings.digest.posts, 9);
    t.equal(read(), text.replace("posts = 5", "posts = 9"));
    await lists.set("a@b.org", ["digest.posts", 5]);
    t.equal(read(), text);
    for (const [key, value] of [
      ["policy", "all"],
      ["digest.polcy", 1],
      ["sql.query", "SELECT 1"],
      ["a.b(", 1],
      ["__proto__", 1],
      ["digest", 7],
    ] as const)
      await t.rejects(
        lists.set("a@b.org", [key, value]),
        { name: "Failure" },
        key,
      );
    t.equal(read(), text);
    t.same(readdirSync(list.dir), ["list.toml"]);
    const source = { url: "sqlite:x", query: "SELECT 'a'\n'b'" };
    t.match(
      (await lists.set("a@b.org", ["sql", source])).settings.sql,
      source,
      "a whole section",
    );
    t.equal(
      (await lists.set("a@b.org", ["policy", undefined])).settings.policy,
      "members",
    );
    const before = read();
    await t.rejects(
      lists.set("a@b.org", ["policy", "open"], ["bogus", 1]),
      /bogus: no such setting.*Nothing was changed/s,
    );
    await t.rejects(
      lists.set("a@b.org", ["policy", "open"], ["__proto__", 1]),
      { exitCode: 64, message: /__proto__: no such setting/ },
    );
    t.equal(read(), before, "all of them or none");
    const both = await lists.set(
      "a@b.org",
      ["ldap.url", "ldap://127.0.0.1"],
      ["ldap.base", "o=x"],
      ["ldap.filter", "(uid=*)"],
      ["policy", "open"],
    );
    t.match(
      both.settings,
      { policy: "open", ldap: { base: "o=x", filter: "(uid=*)" } },
      "a section by its keys",
    );
    await t.rejects(lists.set("no@b.org", ["policy", "open"]), {
      name: "Failure",
      exitCode: 67,
    });
  },
);

t.test("every setting that was set in a made list reads back", async (t) => {
  const lists = listsIn(t.testdir({ lists: {} }));
  const { dir } = await lists.create("a@b.org");
  const before = readFileSync(join(dir, "list.toml"), "utf8").split(
    "\n",
  ).length;
  await lists.set("a@b.org", ["footer", 'two\nlines "quoted"']);
  await lists.set("a@b.org", ["digest.age", "2h"]);
  await lists.set("a@b.org", ["custom.colour", "red"]);
  await lists.set("a@b.org", ["file", { path: "x" }]);
  const list = await lists.set("a@b.org", ["owners", ["o@b.org"]]);
  t.match(list.settings, {
    footer: 'two\nlines "quoted"',
    digest: { age: 7_200_000 },
    custom: { colour: "red" },
    file: { path: "x" },
    owners: ["o@b.org"],
  });
  const after = readFileSync(join(dir, "list.toml"), "utf8").split("\n").length;
  t.equal(
    after,
    before + 1,
    "defaults that were commented out were replaced; only custom.colour is new",
  );
});

t.test("settings that do not fit make no list", async (t) => {
  const home = t.testdir({ lists: {} });
  const lists = listsIn(home);
  await t.rejects(
    lists.create("a@b.org", { polcy: 1 }),
    /a@b.org: polcy: no such setting; did you mean policy/,
  );
  await t.rejects(
    lists.create("a@b.org", { ldap: {} }),
    /ldap.url: is missing/,
  );
  t.same(lists.names(), []);
});

t.test("a list that is removed keeps everything, each time", async (t) => {
  const home = t.testdir({ lists: {} });
  const lists = listsIn(home);
  for (const n of [1, 2]) {
    const { dir } = await lists.create("a@b.org");
    mkdirSync(join(dir, "templates"));
    const kept = await lists.remove("a@b.org");
    t.equal(kept, join(home, `lists/.removed-a@b.org-${n}`));
    t.same(readdirSync(kept).sort(), ["list.toml", "templates"]);
    t.equal(lists.get("a@b.org"), undefined);
  }
  await t.rejects(lists.remove("a@b.org"), { name: "Failure", exitCode: 67 });
  renameSync(
    join(home, "lists/.removed-a@b.org-1"),
    join(home, "lists/a@b.org"),
  );
  t.ok(lists.get("a@b.org"), "and renamed back it is a list again");
  rmSync(join(home, "lists"), { recursive: true });
  t.throws(() => lists.get("a@b.org"), /is missing; mount it/);
});

t.test("every address of a domain on demand has a list", async (t) => {
  const home = t.testdir({
    lists: {
      "@corp.org": { "list.toml": 'description = "all"\n' },
      "@plain.org": { "hooks.d": {} },
      "dev@corp.org": { "list.toml": "" },
      "bare@corp.org": { "hooks.d": {} },
    },
  });
  const lists = listsIn(home);
  const sales = lists.get("Sales@Corp.org");
  t.match(sales, {
    address: "sales@corp.org",
    local: "sales",
    domain: "corp.org",
    dir: join(home, "lists/@corp.org"),
    onDemand: true,
    settings: { description: "all" },
    environment: { LISTMILL_SETTING_DESCRIPTION: "all" },
  });
  t.equal(
    lists.get("other@corp.org")?.settings,
    sales?.settings,
    "one for all",
  );
  t.match(lists.get("dev@corp.org"), { onDemand: false }, "a folder wins");
  t.match(lists.get("bare@corp.org"), { onDemand: true }, "with a list.toml");
  t.equal(lists.made("sales@corp.org"), undefined);
  t.equal(lists.get("sales@plain.org"), undefined);
  for (const no of ["@corp.org", "a/b@corp.org", ".@corp.org", "a b@corp.org"])
    t.equal(lists.get(no), undefined, no);
  t.same(lists.names(), ["dev@corp.org"]);
  t.same(lists.domains(), ["corp.org"]);
  t.match(lists.domain("Corp.org"), { domain: "corp.org" });
  t.equal(lists.domain("plain.org"), undefined);
  writeFileSync(join(home, "lists/@corp.org/list.toml"), "policy = 7\n");
  t.throws(
    () => lists.get("sales@corp.org"),
    /@corp\.org\/list\.toml:1: policy/,
  );
  t.same(lists.domains(), ["corp.org"], "a broken one is shown too");
  rmSync(join(home, "lists/@corp.org/list.toml"));
  t.equal(lists.get("sales@corp.org"), undefined);
  t.equal(readdirSync(join(home, "lists")).length, 4, "nothing was made");
});

t.test(
  "who asks for a list that has moved gets the one it leads to",
  async (t) => {
    const home = t.testdir({
      lists: {
        "first@b.org": { "list.toml": 'moved = "Second@b.org"\n' },
        "second@b.org": { "list.toml": 'moved = "now@b.org"\n' },
        "now@b.org": { "list.toml": "" },
        "round@b.org": { "list.toml": 'moved = "about@b.org"\n' },
        "about@b.org": { "list.toml": 'moved = "round@b.org"\n' },
        "self@b.org": { "list.toml": 'moved = "self@b.org"\n' },
        "away@b.org": { "list.toml": 'moved = "gone@b.org"\n' },
        "broken@b.org": { "list.toml": 'moved = "nonsense"\n' },
      },
    });
    const lists = listsIn(home);
    for (const address of ["First@b.org", "second@b.org", "now@b.org"]) {
      t.equal(lists.get(address)?.address, "now@b.org");
      t.equal(lists.made(address)?.address, "now@b.org");
    }
    t.same(lists.names(), ["broken@b.org", "now@b.org"]);
    t.strictSame(
      [...lists.moved()],
      [
        ["about@b.org", "round@b.org"],
        ["away@b.org", "gone@b.org"],
        ["first@b.org", "second@b.org"],
        ["round@b.org", "about@b.org"],
        ["second@b.org", "now@b.org"],
        ["self@b.org", "self@b.org"],
      ],
    );
    t.throws(() => lists.get("round@b.org"), {
      exitCode: 78,
      message:
        /about@b\.org\/list\.toml: moved leads in a circle: round@b\.org > about@b\.org > round@b\.org/,
    });
    t.throws(() => lists.get("self@b.org"), {
      exitCode: 78,
      message: /circle/,
    });
    t.throws(
      () => lists.get("away@b.org"),
      {
        exitCode: 75,
        message:
          /away@b\.org\/list\.toml: moved names gone@b\.org, which is no list here/,
      },
      "mail waits",
    );
    t.throws(() => lists.get("broken@b.org"), { message: /moved: / });
    await t.rejects(lists.create("first@b.org"), { message: /exists already/ });
  },
);
