import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import bounces from "../../src/cli/bounces.ts";
import { returnPathOf } from "../../src/mail/bouncehandler.ts";
import { readEnvelope } from "../../src/spool/envelope.ts";
import { Court, report } from "../bounce/judge/court.ts";
import { news, verb, waiting } from "./atHome.ts";

const ben = "ben@box.test";

t.test("whose mail comes back, what came, and an end of it", async (t) => {
  const rules = { threshold: 1, days: 1, posts: 1, summary: false };
  const court = await Court.open(t, rules);
  const run = (args: string[], json = false) =>
    verb(t, court.home, bounces, args, json);
  t.match(await run([news]), { code: 0, out: "nothing came back\n" });
  t.match(await run(["show", ben]), { code: 67, err: /nothing came back/ });
  t.match(await run(["clear", ben]), { code: 67 });
  await court.members(ben, "carla@box.test");
  court.now = Date.now();
  await court.bounce({ to: "Ben@box.test" }, await court.path(ben));
  const soft = {
    to: "carla@box.test",
    status: "4.2.2",
    says: "452 4.2.2 mailbox full",
  };
  await court.bounce(soft, await court.path("carla@box.test"));
  const { out } = await run([news]);
  t.match(
    out,
    /1\.0 +1 +1 +\d{4}-\d\d-\d\d +suspended, trial 1 +ben@box\.test +550 5\.1\.1 no such user/,
  );
  t.match(out, /0\.5 +1 +1 +\S+ +carla@box\.test +452 4\.2\.2 mailbox full/);
  const rows = JSON.parse((await run([news], true)).out);
  t.match(rows, [{ address: ben, score: 1 }, { score: 0.5 }]);
  const shown = (await run(["show", ben])).out;
  t.match(shown, /suspended .* \(no-such-user\), trials sent: 1/);
  t.match(shown, /hard {2}signed {2}no-such-user {2}5\.1\.1/);
  t.match(shown, /the last report, .*\.eml:\n\nFrom: MAILER-DAEMON/);
  const [record] = JSON.parse((await run(["show", ben, news], true)).out);
  t.match(record, { list: news, score: 1, bounces: [{ kind: "hard" }] });
  t.match(await run(["clear", ben]), {
    code: 0,
    out: `${news}: 1 forgotten, ben@box.test gets mail again\n`,
  });
  t.equal(await court.isSuspended(ben), false);
  t.match(await run(["show", ben]), { code: 67 });
});

t.test("reports are read out of files", async (t) => {
  const court = await Court.open(t);
  const run = (args: string[], json = false) =>
    verb(t, court.home, bounces, ["replay", ...args], json);
  court.now = Date.now();
  const path = await court.path(ben);
  const file = join(court.home, "one.eml");
  writeFileSync(
    file,
    report([{ to: ben }]).replace("From:", `To: ${path}\nFrom:`),
  );
  const dry = await run(["--dry-run", file]);
  t.equal(
    dry.out,
    `${file}: bounce (postfix)\n  signed: it was sent to ${ben}\n  list: ${news}\n  ${ben}  hard  no-such-user  5.1.1  550 5.1.1 no such user\n`,
  );
  t.same(waiting(court.home, "incoming"), []);
  t.match(JSON.parse((await run(["--dry-run", file], true)).out), [
    { file, list: news, signed: ben, kind: "bounce" },
  ]);
  t.equal((await run([file])).code, 0);
  t.equal(waiting(court.home, "incoming").length, 1);
  const other = join(court.home, "two.eml");
  writeFileSync(other, report([{ to: ben }]));
  t.match(await run([other]), {
    code: 67,
    err: /two.eml: it names no list of ours; .*--list/,
  });
  t.equal((await run(["--list", news, other])).code, 0);
  t.equal(waiting(court.home, "incoming").length, 2);
  t.match(await run([join(court.home, "gone")]), {
    code: 66,
    err: /gone: ENOENT/,
  });
});

t.test("a return path of BounceHandler's is one of the list's", async (t) => {
  const court = await Court.open(
    t,
    {},
    `[bounces.bouncehandler]\nsecret_file = "secrets/wiki"\nusers = "users"\nlists = { enwiki = "${news}" }\n`,
  );
  writeFileSync(join(court.home, "secrets/wiki"), "geheim\n", { mode: 0o600 });
  writeFileSync(join(court.home, "users"), `7\t${ben}\n`);
  const path = returnPathOf(
    { prefix: "wiki", algorithm: "sha256", secret: "geheim" },
    { wiki: "enwiki", user: 7, time: Date.now() },
    "wiki.test",
  );
  const file = join(court.home, "wiki.eml");
  writeFileSync(
    file,
    report([{ to: ben }]).replace("From:", `To: ${path}\nFrom:`),
  );
  const run = (...args: string[]) =>
    verb(t, court.home, bounces, ["replay", ...args, file]);
  t.match(await run("--dry-run"), {
    code: 0,
    out: new RegExp(`signed: it was sent to ${ben}\n  list: ${news}\n`),
  });
  t.match(await run(), { code: 0, err: "" });
  const [entry = ""] = waiting(court.home, "incoming");
  t.match(readEnvelope(entry), {
    envelope: { recipient: path, list: news, extension: "bounces" },
  });
});

t.test(
  "files that cannot be read, and members who were let in by hand",
  async (t) => {
    const court = await Court.open(t, { threshold: 1, days: 1, posts: 1 });
    const run = (args: string[]) => verb(t, court.home, bounces, args);
    for (const path of [court.home, join(court.home, "gone")])
      t.match(await run(["replay", path]), { code: 66, err: path });
    await court.members(ben);
    court.now = Date.now();
    await court.bounce({ to: ben }, await court.path(ben));
    t.match(await run([news]), { out: /suspended/ });
    await court.roster.resume(news, ben);
    t.notMatch((await run([news])).out, "suspended");
  },
);

t.test("what cannot be meant is refused", async (t) => {
  const court = await Court.open(t);
  for (const [args, err] of [
    [[], /takes a list, show, clear or replay/],
    [["show"], /which address/],
    [["--dry-run", news], /are for bounces replay/],
    [[news, "more"], /an argument too many/],
  ] as const)
    t.match(await verb(t, court.home, bounces, args), { code: 64, err });
});
