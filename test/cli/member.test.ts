// listmill member: what it changes, shows and tells of one member; list, import and export are in
// lists.test.ts too.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import command from "../../src/cli/member.ts";
import { rosterOf } from "../../src/lists/roster.ts";
import { makeHome, news, verb } from "./atHome.ts";

const anna = "anna@x.org";

async function runner(t: Test) {
  const home = await makeHome(t);
  const run = (args: readonly string[], json = false) =>
    verb(t, home, command, args, json);
  return { home, run };
}

t.test("what is set is shown, both ways", async (t) => {
  const { run } = await runner(t);
  const options = "--name Anna --nomail --moderated --language pt-br";
  const more = "--away 2999-12-24 --own-copy no --duplicates yes";
  const args = ["add", news, anna, ...`${options} ${more}`.split(" ")];
  t.equal((await run(args)).out, `${anna}: added\n`);
  await run(["suspend", news, anna, "--reason", "bounces"]);
  const { out } = await run(["show", news, anna]);
  for (const line of [
    /^address {5}anna@x\.org$/m,
    /^name {8}Anna$/m,
    /^delivery {4}nomail$/m,
    /^moderation {2}moderated$/m,
    /^language {4}pt-BR$/m,
    /^own copy {4}no$/m,
    /^duplicates {2}yes$/m,
    /^acknowledge as the list has it$/m,
    /^away {8}until 2999-12-24$/m,
    /^suspended {3}since 20\S+, for bounces$/m,
    /^joined {6}20/m,
  ])
    t.match(out, line);
  t.match(JSON.parse((await run(["show", news, anna], true)).out), {
    address: anna,
    name: "Anna",
    delivery: "nomail",
    language: "pt-BR",
    moderation: "moderated",
    own_copy: false,
    duplicates: true,
    acknowledge: null,
    away: "2999-12-24T00:00:00.000Z",
    suspended: /^20/,
    suspended_for: "bounces",
    joined: /^20/,
    roles: [],
  });
  t.equal(
    (await run(["list", news])).out,
    `${anna}  nomail  moderated  away until 2999-12-24  suspended  Anna\n`,
  );
  const back = "--default --back --posts --language - --own-copy -".split(" ");
  t.equal((await run(["add", news, anna, ...back])).out, `${anna}: changed\n`);
  t.equal((await run(["resume", news, anna])).out, `${anna}: resumed\n`);
  t.equal((await run(["resume", news, anna])).out, `${anna}: not suspended\n`);
  t.equal((await run(["list", news])).out, `${anna}  Anna\n`);
});

t.test("the history names the account", async (t) => {
  const { run } = await runner(t);
  await run(["add", news, anna, "bob@x.org"]);
  await run(["add", news, anna, "--free"]);
  await run(["remove", news, "bob@x.org"]);
  const who = "by command \\S+";
  const { out } = await run(["history", news]);
  t.match(
    out,
    new RegExp(
      `^20\\S+Z {2}joined {2}anna@x.org {2}${who}\n.* {2}joined {2}bob@x.org .*\n.* {2}changed {2}anna@x.org {2}${who} {2}moderation default > free\n.* {2}left {2}bob@x.org {2}${who}\n$`,
    ),
  );
  t.match(JSON.parse((await run(["history", news, anna], true)).out), [
    { what: "joined", address: anna, by: "command", message_id: null },
    { what: "changed", detail: "moderation default > free" },
  ]);
  t.match(await run(["history", news, "who@x.org"], true), {
    code: 67,
    out: "[]\n",
    err: /who@x\.org: nothing has happened to it on news@/,
  });
});

t.test("addresses are exported one a line", async (t) => {
  const { run } = await runner(t);
  await run(["add", news, "b@x.org", anna, "--nomail", "--name", "N"]);
  t.equal(
    (await run(["export", news, "--addresses"])).out,
    "anna@x.org\nb@x.org\n",
  );
});

t.test("an import goes by its header, and is the account's", async (t) => {
  const { home, run } = await runner(t);
  const file = join(home, "people.csv");
  const put = (text: string) => writeFileSync(file, text);
  put("name,address,own_copy\nAnna,anna@x.org,no\nBob,bob@x.org,perhaps\n");
  t.same(await run(["import", news, file]), {
    code: 65,
    out: `${news}: 1 added, 0 changed, 0 there already, 1 refused\n`,
    err: `listmill: ${file}:3: Bob,bob@x.org,perhaps: own_copy must be yes, no or -\n`,
  });
  t.match(await rosterOf(home).get(news, anna), {
    name: "Anna",
    ownCopy: false,
  });
  t.match(JSON.parse((await run(["history", news], true)).out), [
    { what: "joined", by: "import", who: /./ },
  ]);
  put("address,naem\nc@x.org,C\n");
  t.match(await run(["import", news, file]), {
    code: 65,
    out: "",
    err: /people\.csv:1: no such column: "naem"; there may stand address, .*; nothing was imported$/,
  });
  t.equal(await rosterOf(home).count(news), 1);
});

t.test("an import that cannot be read is told", async (t) => {
  const { home, run } = await runner(t);
  t.match(await run(["import", news, home]), {
    code: 66,
    err: /: this is a folder, not a file$/,
  });
  const file = join(home, "people.csv");
  writeFileSync(
    file,
    Buffer.from("a@x.org,posts,J\xfcrgen\nb@x.org\n", "latin1"),
  );
  t.match(await run(["import", news, file]), {
    code: 65,
    out: /1 added, .* 1 refused/,
    err: /people\.csv:1: a@x\.org,posts,J.rgen: it is not UTF-8; convert the file/,
  });
  writeFileSync(file, "c@x.org,posts,J\ufffdrgen\n");
  t.match(await run(["import", news, file]), { code: 0 }, "UTF-8 as it is");
  writeFileSync(file, "nonsense\n".repeat(250));
  const { out, err } = await run(["import", news, file], true);
  t.match(err, /… and 150 more lines\n$/);
  const told = JSON.parse(out);
  t.equal(told.refusals, 250);
  t.equal(told.refused.length, 100);
});

t.test("an address that begins with # comes back", async (t) => {
  const { home, run } = await runner(t);
  await run(["add", news, "#anna@x.org"]);
  const file = join(home, "people.csv");
  writeFileSync(file, (await run(["export", news])).out);
  await run(["remove", news, "#anna@x.org"]);
  t.match(await run(["import", news, file]), { code: 0, out: /1 added/ });
});

t.test("on a terminal an import shows how far it is", async (t) => {
  const { home, run } = await runner(t);
  const file = join(home, "people");
  const lines = Array.from({ length: 40_000 }, (_, n) => `u${n}@x.org\n`);
  writeFileSync(file, lines.join(""));
  t.intercept(process.stderr, "isTTY", { value: true });
  const { err, out } = await run(["import", news, file]);
  t.match(out, /40000 added/);
  t.match(err, /\r\[#+\.*\] +\d+ %/);
  t.ok(err.endsWith("\r\u001b[K"));
});

t.test("what cannot be meant is refused", async (t) => {
  const { run } = await runner(t);
  await run(["add", news, anna]);
  const cases: [string, number, RegExp][] = [
    [`add ${news} ${anna} --free --moderated`, 64, /--moderated and --free/],
    [`add ${news} ${anna} --away 2999-01-01 --back`, 64, /--away and --back/],
    [`add ${news} ${anna} --away tomorrow`, 64, /--away takes a date .*2030/],
    [`add ${news} ${anna} --away 2001-01-01`, 64, /still to come/],
    [`add ${news} ${anna} --language german`, 64, /--language takes/],
    [`add ${news} ${anna} --own-copy maybe`, 64, /--own-copy takes yes, no/],
    [`add ${news} ${anna} --reason x`, 64, /member add takes no --reason/],
    [`suspend ${news} ${anna} --free`, 64, /member suspend takes no --free/],
    [`list ${news} --addresses`, 64, /member list takes no --addresses/],
    [`show ${news}`, 64, /which member/],
    [`show ${news} ${anna} more`, 64, /"more" is an argument too many/],
    [`history ${news} ${anna} more`, 64, /"more" is an argument too many/],
    [`show ${news} who@x.org`, 67, /who@x\.org: not a member of news/],
    [`suspend ${news} who@x.org`, 67, /who@x\.org: not a member/],
    [`resume ${news} who@x.org`, 67, /who@x\.org: not a member/],
    [`suspend ${news}`, 64, /which addresses/],
  ];
  for (const [args, code, err] of cases)
    t.match(await run(args.split(" ")), { code, err }, args);
});
