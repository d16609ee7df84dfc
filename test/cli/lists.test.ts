// list and member: each action, its output both ways, its errors with code and sentence.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import aliases from "../../src/cli/aliases.ts";
import check from "../../src/cli/check.ts";
import list from "../../src/cli/list.ts";
import member from "../../src/cli/member.ts";
import { rosterOf } from "../../src/lists/roster.ts";
import { groups } from "../lists/groups.ts";
import { makeHome, news, verb } from "./atHome.ts";

t.test("lists are made, shown, changed and taken away", async (t) => {
  const home = await makeHome(t);
  const run = (args: string[], json = false) => verb(t, home, list, args, json);
  const dev = "dev@lists.example.org";
  t.match(
    await run([
      "create",
      "Dev@lists.example.org",
      "policy=announce",
      "digest.posts=7",
      "owners=a@x.org,b@x.org",
    ]),
    { code: 0, out: /^dev@lists\.example\.org: made in /, err: "" },
  );
  const { out } = await run([]);
  t.match(
    out,
    /^list +members +policy +description\ndev@\S+ +0 +announce\nnews@/,
  );
  t.match(JSON.parse((await run([], true)).out), [
    { list: dev, members: 0, policy: "announce" },
    { list: news, policy: "open" },
  ]);
  t.match(
    await run(["set", dev, "description=Our work", "archive=false", "policy="]),
    {
      code: 0,
    },
  );
  t.match(JSON.parse((await run(["show", dev], true)).out), {
    list: dev,
    members: 0,
    settings: {
      description: "Our work",
      archive: false,
      policy: "members",
      owners: ["a@x.org", "b@x.org"],
      digest: { posts: 7 },
    },
  });
  t.match(
    (await run(["show", dev])).out,
    /description = Our work\n.*digest\.posts = 7\n/s,
  );
  await rosterOf(home).add(dev, "anna@x.org");
  await rosterOf(home).role(dev, "bob@x.org", "owner", true);
  t.match(await run(["remove", dev]), {
    code: 0,
    out: /kept aside in .*removed-dev@/,
  });
  t.ok(readdirSync(join(home, "lists")).includes(`.removed-${dev}-1`));
  const kept = (name: string) =>
    readFileSync(
      join(home, "lists", `.removed-${dev}-1/.tables`, name),
      "utf8",
    );
  t.match(kept("members.csv"), /^anna@x\.org,/m, "its members too");
  t.match(kept("roles.csv"), /^role,address,since\nowner,bob@x\.org,20/);
  t.match(
    kept("journal.csv"),
    /^at,what,address,.*\n.*,joined,anna@x\.org,mill,,,\n.*,role,bob/,
  );
  t.equal(await rosterOf(home).count(dev), 0, "who makes it anew begins anew");
  t.notMatch((await run([])).out, /dev@/);
});

t.test("what is wrong with a list is said", async (t) => {
  const home = await makeHome(t);
  const cases: [string[], number, RegExp][] = [
    [["create"], 64, /list create takes an address/],
    [
      ["create", "nonsense"],
      64,
      /nonsense: not an address that a list can have; give NAME@DOMAIN/,
    ],
    [["create", news], 73, /this list exists already/],
    [["create", "a@x.org", "policy"], 64, /"policy" is not KEY=VALUE/],
    [
      ["create", "a@x.org", "policy=nobody"],
      78,
      /policy: .*"open" or "members"/,
    ],
    [["create", "a@x.org", "polcy=open"], 78, /polcy: .*policy/],
    [
      ["create", "a@x.org", "digest=5", "digest.posts=3"],
      64,
      /digest: is a section and has no value of its own besides digest\.posts/,
    ],
    [["create", "a@x.org", "__proto__=1"], 64, /__proto__: no such setting/],
    [["create", "a@x.org", "constructor.x=1"], 78, /constructor: no such/],
    [
      ["create", "a@x.org", "policy=announce", "policy="],
      64,
      /policy: is given twice/,
    ],
    [["set", news, "policy=announce", "bogus=1"], 78, /Nothing was changed/],
    [["show", news, "more"], 64, /"more" is an argument too many/],
    [["remove", news, "more"], 64, /"more" is an argument too many/],
    [["set", news], 64, /takes KEY=VALUE/],
    [["set", news, "policy=nobody"], 78, /policy: .*Nothing was changed/s],
    [["set", "gone@x.org", "policy=open"], 67, /there is no list gone@x\.org/],
    [["show"], 64, /which list/],
    [["show", "gone@x.org"], 67, /there is no list/],
    [["remove", "gone@x.org"], 67, /there is no list/],
    [["rename", news], 64, /list rename takes two addresses/],
    [["--force"], 64, /--force/],
  ];
  for (const [args, code, err] of cases)
    t.match(await verb(t, home, list, args), { code, err }, args.join(" "));
  t.match(
    (await verb(t, home, list, [])).out,
    /^news\S+ +0 +open$/m,
    "nothing was changed",
  );
  const ldap = ["url=ldap://127.0.0.1", "base=o=x", "filter=(uid=*)"];
  t.match(
    await verb(t, home, list, [
      ...["set", news],
      ...ldap.map((pair) => `ldap.${pair}`),
    ]),
    { code: 0, err: "" },
    "a section that needs several keys",
  );
  writeFileSync(join(home, "lists", news, "list.toml"), "policy = 5\n");
  t.match(await verb(t, home, list, []), {
    code: 0,
    out: /broken: .*list\.toml:1: policy: /,
  });
  t.match(await verb(t, home, list, ["show", news]), {
    code: 78,
    err: /list\.toml:1: policy: /,
  });
});

t.test("members come and go, out and in again", async (t) => {
  const home = await makeHome(t);
  const run = (args: string[], json = false) =>
    verb(t, home, member, args, json);
  t.match(await run(["add", news, "anna@example.com", "--name", "Anna Ä"]), {
    code: 0,
    out: "anna@example.com: added\n",
  });
  await run(["add", news, "d@example.com", "--digest"]);
  await run(["add", news, "p@example.com", "--digest-plain"]);
  await run(["add", news, "n@example.com", "--nomail"]);
  t.match(
    (await run(["add", news, "anna@example.com"])).out,
    /anna@example\.com: (present|there)/,
  );
  t.match(
    (await run(["list", news])).out,
    /^anna@example\.com {2}Anna Ä\nd@example\.com {2}digest-mime\n/,
  );
  t.match(JSON.parse((await run(["list", news], true)).out), [
    {
      address: "anna@example.com",
      name: "Anna Ä",
      delivery: "posts",
      joined: /^20/,
    },
    { delivery: "digest-mime" },
    { delivery: "nomail" },
    { delivery: "digest-plain" },
  ]);
  const { out: exported } = await run(["export", news]);
  t.equal(exported.split("\n").length, 6);
  await verb(t, home, list, ["create", "copy@lists.example.org"]);
  const file = join(home, "members.txt");
  writeFileSync(file, exported);
  t.match(await run(["import", "copy@lists.example.org", file]), {
    code: 0,
    out: /4 added, 0 changed, 0 there already, 0 refused/,
  });
  t.equal((await run(["export", "copy@lists.example.org"])).out, exported);
  t.match(await run(["import", "copy@lists.example.org", file], true), {
    out: /"present":4/,
  });
  t.match(await run(["remove", news, "anna@example.com", "who@example.com"]), {
    code: 67,
    out: "anna@example.com: removed\n",
    err: /who@example\.com: not a member/,
  });
  t.same(JSON.parse((await run(["list", "dev@x.org"], true)).out || "[]"), []);
});

t.test("what is wrong with members is said", async (t) => {
  const home = await makeHome(t);
  const file = join(home, "members.txt");
  writeFileSync(
    file,
    "good@example.com\nnot an address\nAnna <anna@example.com>\n",
  );
  const cases: [string[], number, RegExp][] = [
    [[], 64, /member takes add, remove, suspend, .* import or export/],
    [["join", news], 64, /member takes add/],
    [["add", news], 64, /which addresses/],
    [["remove", news], 64, /which addresses/],
    [["add"], 64, /which list/],
    [["add", "gone@x.org", "a@x.org"], 67, /there is no list gone@x\.org/],
    [
      ["add", news, "a@x.org", "--digest", "--nomail"],
      64,
      /--digest and --nomail cannot both hold/,
    ],
    [["list", news, "more", "words"], 64, /"more" is an argument too many/],
    [["export", news, "more"], 64, /"more" is an argument too many/],
    [["import", news, file, "more"], 64, /"more" is an argument too many/],
    [["remove", news, "a@x.org", "--digest"], 64, /remove takes no --digest/],
    [["add", news, "not-an-address"], 65, /not-an-address: not an address/],
    [["add", news, "a@x.org", "--loud"], 64, /--loud/],
    [["import", news, file], 65, /members\.txt:2: not an address: /],
    [["import", news, join(home, "gone.txt")], 66, /gone\.txt/],
  ];
  for (const [args, code, err] of cases)
    t.match(await verb(t, home, member, args), { code, err }, args.join(" "));
  t.same(
    JSON.parse((await verb(t, home, member, ["list", news], true)).out).length,
    2,
    "the good lines were taken",
  );
  t.ok(readFileSync(file));
});

t.test(
  "a domain on demand is shown, checked, and told to the MTA",
  async (t) => {
    const home = await makeHome(t);
    groups(home, "corp.org", ["sales"], 'description = "all groups"');
    t.match(
      (await verb(t, home, list, [])).out,
      /^@corp\.org +on demand +members +all groups$/m,
    );
    t.match(await verb(t, home, list, ["show", "sales@corp.org"]), {
      code: 0,
      out: /sales@corp\.org: 0 members, in .*@corp\.org/,
    });
    t.match(
      await verb(t, home, list, ["set", "sales@corp.org", "archive=false"]),
      {
        code: 67,
      },
    );
    t.match(await verb(t, home, list, ["remove", "sales@corp.org"]), {
      code: 67,
    });
    for (const mta of ["postfix", "exim"])
      t.match((await verb(t, home, aliases, ["--mta", mta])).out, /corp\.org/);
    const of = async () => (await verb(t, home, check, [])).out;
    t.notMatch(await of(), /corp\.org/);
    const file = join(home, "lists/@corp.org/list.toml");
    writeFileSync(file, "");
    t.match(
      await of(),
      /^error: .*@corp\.org\/list\.toml: .* needs a section \[ldap\]/m,
    );
    writeFileSync(file, "policy = 7\n");
    t.match(await of(), /^error: .*@corp\.org\/list\.toml:1: policy/m);
    t.match((await verb(t, home, list, [])).out, /@corp\.org .*broken/);
  },
);
