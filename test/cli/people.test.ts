// listmill role: who is given one, who is told, what cannot be meant.
import t from "tap";
import command from "../../src/cli/people.ts";
import { rosterOf } from "../../src/lists/roster.ts";
import { makeHome, news, verb } from "./atHome.ts";

t.test("roles are given, listed and taken", async (t) => {
  const home = await makeHome(t, { list: { owners: ["boss@x.org"] } });
  const run = (args: string, json = false) =>
    verb(t, home, command, args.split(" "), json);
  t.same(await run(`add ${news} poster Ann@X.org bob@x.org`), {
    code: 0,
    out: "Ann@X.org: now poster\nbob@x.org: now poster\n",
    err: "",
  });
  t.match(await run(`add ${news} poster ANN@x.org nobody`), {
    code: 65,
    out: "ANN@x.org: is poster already\n",
    err: "listmill: nobody: not an address that can get mail\n",
  });
  await run(`add ${news} moderator bob@x.org`);
  t.match(
    (await run(`list ${news}`)).out,
    /^role +address +since\nowner +boss@x\.org +list\.toml\nmoderator +bob@x\.org +20.*\nposter +Ann@x\.org +20.*\nposter +bob@x\.org/,
  );
  t.match(JSON.parse((await run(`list ${news}`, true)).out), [
    { role: "owner", address: "boss@x.org", since: "list.toml" },
    { role: "moderator", address: "bob@x.org" },
    { role: "poster", address: "Ann@x.org" },
    { role: "poster", address: "bob@x.org", since: /^20/ },
  ]);
  const roster = rosterOf(home);
  t.same(await roster.withRole(news, "moderator"), ["bob@x.org"]);
  t.same([...(await roster.roles(news, "BOB@x.org"))].sort(), [
    "moderator",
    "poster",
  ]);
  t.equal(
    (await run(`remove ${news} poster bob@x.org who@x.org`)).out,
    "bob@x.org: no longer poster\nwho@x.org: is no poster\n",
  );
  t.match(await run(`remove ${news} owner Boss@x.org`), {
    code: 65,
    out: "",
    err: /Boss@x\.org: owner by list\.toml; change it there/,
  });
  const told = await Array.fromAsync(roster.history(news, "bob@x.org"));
  t.same(
    told.map(({ what, detail, by }) => `${what} ${detail} ${by}`),
    ["role +poster command", "role +moderator command", "role -poster command"],
  );
});

t.test("what cannot be meant is refused", async (t) => {
  const home = await makeHome(t);
  t.equal(
    (await verb(t, home, command, ["list", news])).out,
    `${news}: nobody has a role\n`,
  );
  t.equal((await verb(t, home, command, ["list", news], true)).out, "[]\n");
  const cases: [string, number, RegExp][] = [
    ["give", 64, /role takes list, add or remove/],
    ["list", 64, /which list/],
    ["list gone@x.org", 67, /no list gone@x\.org/],
    [`list ${news} more`, 64, /"more" is an argument too many/],
    [`add ${news}`, 64, /which role\? There are owner, moderator or poster/],
    [`add ${news} king a@x.org`, 64, /which role/],
    [`remove ${news} owner`, 64, /which addresses/],
  ];
  for (const [args, code, err] of cases)
    t.match(await verb(t, home, command, args.split(" ")), { code, err }, args);
});
