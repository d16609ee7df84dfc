// init, check, hooks, aliases, archive, digest, and what run refuses.
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t from "tap";
import { host } from "../../src/base/environment.ts";
import aliases from "../../src/cli/aliases.ts";
import archive from "../../src/cli/archive.ts";
import check from "../../src/cli/check.ts";
import digest from "../../src/cli/digest.ts";
import hooks from "../../src/cli/hooks.ts";
import init from "../../src/cli/init.ts";
import list from "../../src/cli/list.ts";
import member from "../../src/cli/member.ts";
import run from "../../src/cli/run.ts";
import { corpusSink } from "../road/corpusSink.ts";
import { feed, makeHome, news, runAll, verb, waiting } from "./atHome.ts";

t.test("a home is made, and made again without loss", async (t) => {
  const dir = join(t.testdir(), "new/home");
  t.match(await verb(t, "/", init, [dir]), {
    code: 0,
    out: /is a home now\. Next:/,
  });
  const settings = join(dir, "listmill.toml");
  t.match(readFileSync(settings, "utf8"), /^# *rate = 600/m);
  writeFileSync(settings, "[runner]\njobs = 3\n");
  t.match(await verb(t, dir, init, []), { code: 0 });
  t.equal(readFileSync(settings, "utf8"), "[runner]\njobs = 3\n");
  writeFileSync(settings, "[runner]\njobs = 0\n");
  t.match(await verb(t, dir, init, []), {
    code: 78,
    err: /listmill\.toml:2: runner\.jobs: .*1 to 1000/,
  });
  const file = join(t.testdir({ file: "" }), "file");
  t.match(await verb(t, "/", check, []), {
    code: 78,
    out: /is no home of listmill: .*make one with: listmill init/,
  });
  t.match(await verb(t, file, init, []), {
    code: 73,
    err: /file cannot become a home: ENOTDIR/,
  });
});

t.test("a good home is well", async (t) => {
  const sink = await corpusSink(t);
  const home = await makeHome(t, { smtp: sink.url });
  t.same(await verb(t, home, check, []), {
    code: 0,
    out: `${home}: all is well\n`,
    err: "",
  });
  t.same(JSON.parse((await verb(t, home, check, [], true)).out), []);
});

t.test("each trouble is told with its place", async (t) => {
  const home = await makeHome(t);
  const trouble = async (code: number, out: RegExp) =>
    t.match(await verb(t, home, check, []), { code, out }, `${out}`);
  await trouble(
    0,
    /^warning: \[outbound\] smtp = ".*": .*ECONNREFUSED.*; mail will wait$/m,
  );
  const hook = join(home, "hooks.d/posts/15-approve/10-open");
  mkdirSync(join(hook, ".."), { recursive: true });
  writeFileSync(hook, "#!/bin/sh\n");
  await trouble(
    0,
    /^warning: .*10-open: ignored|^warning: .*10-open: not executable/m,
  );
  chmodSync(hook, 0o777);
  await trouble(
    78,
    /^error: .*10-open: refused, others can write to it \(chmod o-w\)$/m,
  );
  rmSync(hook);
  mkdirSync(join(home, "hooks.d/posts/17-aprove"));
  await trouble(
    78,
    /^error: .*17-aprove: a stage is called NN-verb with one of approve, /m,
  );
  rmSync(join(home, "hooks.d/posts/17-aprove"), { recursive: true });
  writeFileSync(join(home, "lists", news, "list.toml"), "\n\nfoo = 1\n");
  await trouble(78, /^error: .*list\.toml:3: foo: /m);
  rmSync(join(home, "lists", news), { recursive: true });
  rmSync(join(home, "spool/posts/new"), { recursive: true });
  await trouble(78, /^error: .*posts\/new: not there, or not writable/m);
  rmSync(join(home, "spool"), { recursive: true });
  await trouble(
    78,
    /^error: .*there is no spool; make it with: listmill init/m,
  );
  writeFileSync(join(home, "listmill.toml"), "rate =\n");
  await trouble(78, /^error: .*listmill\.toml:1: not valid TOML/m);
  t.match(JSON.parse((await verb(t, home, check, [], true)).out), [
    { level: "error" },
  ]);
});

t.test("what is wrong with the ways of bounces is told", async (t) => {
  const sink = await corpusSink(t);
  const settings = `\
[node.${host()}]
queues = ["http", "incoming"]
[bounces.bouncehandler]
secret_file = "secrets/verp"
[bounces.bouncehandler.lists]
enwiki = "${news}"
dewiki = "sprache@lists.example.org"
`;
  const home = await makeHome(t, { smtp: sink.url, settings });
  t.match(await verb(t, home, check, []), {
    code: 78,
    out: /^error: \[http\] token_file: there is no token in .*\nerror: \[bounces\.bouncehandler\] secret_file: there is no key in .*\nwarning: \[bounces\.bouncehandler\.lists\] dewiki: there is no list sprache@/m,
  });
  for (const name of ["verp", "http-token"])
    writeFileSync(join(home, "secrets", name), "x\n", { mode: 0o600 });
  const { code, out } = await verb(t, home, check, []);
  t.equal(code, 0);
  t.notMatch(out, /^error/m);
});

t.test("what is not mounted is told, and nothing made there", async (t) => {
  const sink = await corpusSink(t);
  const home = await makeHome(t, { smtp: sink.url });
  const away = (name: string) => {
    rmSync(join(home, name), { recursive: true });
    return `${join(home, name)}`;
  };
  const spool = away("spool");
  mkdirSync(spool);
  const folder = `${spool}/incoming/tmp: this folder is missing; mount it`;
  t.match(await verb(t, home, check, []), {
    code: 78,
    out: `error: ${folder}`,
  });
  t.match(await verb(t, home, run, []), { code: 75, err: folder });
  t.match(await verb(t, home, run, ["lmtp"]), { code: 75, err: folder });
  t.match(await verb(t, home, digest, ["issue", news]), {
    code: 75,
    err: folder,
  });
  t.same(readdirSync(spool), []);
  await verb(t, home, init, []);
  const lists = away("lists");
  const missing = `${lists}: this folder is missing; mount it`;
  t.same(await verb(t, home, check, []), {
    code: 78,
    out: `error: ${missing}, or make it with: listmill init\n`,
    err: "",
  });
  t.match(await verb(t, home, list, []), { code: 75, err: missing });
  t.match(await verb(t, home, list, ["create", "a@x.org"]), {
    code: 75,
    err: missing,
  });
  t.notOk(existsSync(lists));
});

t.test("lists that get each other's mail are told once", async (t) => {
  const sink = await corpusSink(t);
  const home = await makeHome(t, { smtp: sink.url });
  const both = "news-archive@lists.example.org";
  mkdirSync(join(home, "lists", both));
  writeFileSync(join(home, "lists", both, "list.toml"), "");
  t.same(await verb(t, home, check, []), {
    code: 0,
    out: `warning: ${both} and ${news}: the address of one is an extension of the other, and gets its mail\n`,
    err: "",
  });
});

t.test("hooks are listed with layer and kind", async (t) => {
  const home = await makeHome(t, {
    list: { observe: ["posts/15-approve/10-mine"] },
  });
  const file = join(home, "lists", news, "hooks.d/posts/15-approve/10-mine");
  mkdirSync(join(file, ".."), { recursive: true });
  writeFileSync(file, "#!/bin/sh\n");
  chmodSync(file, 0o755);
  const all = await verb(t, home, hooks, []);
  t.match(all, {
    code: 0,
    out: /^hook +layer +how +file\nincoming\/10-approve\/10-size\.hook\.ts +package +inline/,
  });
  t.notMatch(all.out, /10-mine/);
  const own = await verb(t, home, hooks, ["posts", "--list", news], true);
  const rows = JSON.parse(own.out) as { hook: string }[];
  t.ok(rows.every(({ hook }) => hook.startsWith("posts/")));
  t.match(
    rows.find(({ hook }) => hook === "posts/15-approve/10-mine"),
    { layer: "list", how: "forked, observed", file },
  );
  t.match(await verb(t, home, hooks, ["pots"]), {
    code: 64,
    err: /no queue "pots" has hooks; there are: incoming, /,
  });
  t.match(await verb(t, home, hooks, ["--list", "gone@x.org"]), { code: 67 });
  chmodSync(file, 0o777);
  t.match(await verb(t, home, hooks, ["--list", news]), {
    code: 78,
    err: /refused: .*10-mine/,
  });
});

t.test("what the MTA has to be told", async (t) => {
  const home = await makeHome(t);
  for (const mta of ["postfix", "exim"]) {
    const { code, out } = await verb(t, home, aliases, ["--mta", mta]);
    t.equal(code, 0);
    t.match(out, "lists.example.org");
    t.match(out, join(home, "spool"));
    t.match(out, /bin\/listmill --home \S+ receive\b/);
  }
  t.match(await verb(t, home, aliases, []), {
    code: 64,
    err: /--mta postfix or --mta exim/,
  });
  t.match(await verb(t, home, aliases, ["--mta", "qmail"]), { code: 64 });
});

t.test("stored posts are shown, digests issued", async (t) => {
  const sink = await corpusSink(t);
  const home = await makeHome(t, { smtp: sink.url });
  await verb(t, home, member, ["add", news, "reader@example.com", "--digest"]);
  await feed(home, "From: anna@example.com\nSubject: kept\n\nText.\n");
  await runAll(home);
  const cases: [string[], number, RegExp][] = [
    [[], 64, /archive takes list, search, show/],
    [["show", news], 64, /archive show: which post/],
    [["show", news, "one"], 66, /there is no post one/],
    [["show", news, "2"], 66, /there is no post 2 in the archive/],
    [["show", "gone@x.org", "1"], 67, /there is no list/],
    [["show", news, "1", "2"], 64, /"2" is an argument too many/],
  ];
  for (const [args, code, err] of cases)
    t.match(await verb(t, home, archive, args), { code, err }, args.join(" "));
  t.match(await verb(t, home, digest, []), {
    code: 64,
    err: /digest issue, digest list and/,
  });
  t.match(await verb(t, home, digest, ["issue"]), {
    code: 64,
    err: /which list/,
  });
  t.match(await verb(t, home, digest, ["issue", news]), {
    code: 0,
    out: /a digest of 1 post will be issued/,
  });
  t.equal(waiting(home, "digest").length, 1);
  await runAll(home);
  t.equal(sink.mail.length, 1);
  t.match(sink.mail[0]?.bytes.toString(), /kept/);
});

t.test("what run refuses", async (t) => {
  const home = await makeHome(t);
  const cases: [string[], number, RegExp][] = [
    [["nowhere"], 64, /no queue "nowhere" has hooks; there are: incoming, /],
    [["held"], 64, /entries in held rest until a person decides/],
    [["--jobs", "0"], 64, /--jobs takes a number from 1 on/],
    [["--jobs", "many"], 64, /--jobs takes a whole number, not "many"/],
    [["--rate", "-1"], 64, /--rate/],
    [["--rate", "1.5"], 64, /--rate takes a whole number/],
    [["--lists", `${news},gone@x.org`], 67, /there is no list gone@x\.org/],
    [["--forever"], 64, /--forever/],
    [["lmtp", "--until-empty"], 64, /lmtp waits for mail: start two/],
    [["http", "lmtp", "--until-empty"], 64, /http and lmtp wait for mail/],
    [["http"], 78, /\[http\] token_file: there is no token in .*; make one/],
  ];
  for (const [args, code, err] of cases)
    t.match(await verb(t, home, run, args), { code, err }, args.join(" "));
});
