// What strangers can write, and what it comes to.
import t from "tap";
import { news } from "../../cli/atHome.ts";
import { Court, DAY, report } from "./court.ts";

const ben = "ben@box.test";
const quick = { threshold: 1, days: 1, posts: 1, summary: false };

t.test("nobody but us can have a trial fail", async (t) => {
  const court = await Court.open(t, { ...quick, action: "remove" });
  await court.members(ben);
  await court.bounce({ to: ben }, await court.path(ben));
  for (let day = 0; day < 30; day += 1) {
    await court.bounce({ to: ben }, "news-probe@lists.example.org");
    await court.pass(1);
  }
  t.equal(await court.isSuspended(ben), false, "the trial has arrived");
});

t.test("a report of one trial says nothing of the next one", async (t) => {
  const court = await Court.open(t, quick);
  await court.members(ben);
  const [first] = await court.bounce({ to: ben }, await court.path(ben));
  const text = report([{ to: ben }]);
  for (let day = 0; day < 40; day += 1) {
    await court.take(text, first?.sender ?? "");
    await court.pass(1);
  }
  t.ok(await court.roster.get(news, ben), "who was replayed is a member still");
});

t.test("where no stamp has room the letter's own id tells", async (t) => {
  const name = "a-list-with-a-rather-long-name-of-very-many-letters";
  const court = await Court.open(t, quick, "", {}, undefined, name);
  await court.members(ben);
  const at = `${name}-bounces@lists.example.org`;
  const [trial] = await court.bounce({ to: ben }, at, { ours: true });
  t.equal(trial?.sender, `${name}-probe@lists.example.org`);
  const id = /^Message-ID: <(.*)>$/m.exec(trial?.text ?? "")?.[1] ?? "";
  await court.bounce({ to: ben }, trial?.sender);
  t.match(court.logged.at(-1), /not about the trial/);
  await court.bounce({ to: ben, post: id }, trial?.sender);
  t.match(court.logged.join("\n"), /the trial came back/);
});

t.test("a flood of reports about one member stays small", async (t) => {
  const court = await Court.open(t, { action: "log" });
  await court.members(ben);
  for (let n = 0; n < 200; n += 1) await court.bounce({ to: ben });
  const { bounces } = await court.state();
  t.equal((await bounces.about(news, [ben], 0)).length, 20);
});

t.test("what does not count halts nothing", async (t) => {
  const court = await Court.open(t, { ...quick, unsigned: false });
  const all = Array.from({ length: 30 }, (_, n) => `u${n}@d${n}.test`);
  await court.members(...all);
  const letters = await court.bounce(all.slice(0, 25).map((to) => ({ to })));
  t.same(letters, []);
  const [last = ""] = all.slice(-1);
  await court.bounce({ to: last }, await court.path(last));
  t.equal(await court.isSuspended(last), true);
});

t.test(
  "a report of ours is about whom it names, whatever a post says",
  async (t) => {
    const court = await Court.open(t, quick);
    await court.members(ben, "dead@box.test");
    const path = await court.path(ben);
    const text = report([{ to: "dead@box.test" }]).replace(
      "Subject: Seed",
      `Errors-To: ${path}\nReturn-Path: <${path}>\nSubject: Seed`,
    );
    await court.take(text, "news-bounces@lists.example.org", { ours: true });
    t.equal(await court.isSuspended(ben), false);
    t.equal(await court.isSuspended("dead@box.test"), true);
  },
);

t.test("a path without a diagnosis says little", async (t) => {
  const court = await Court.open(t, { action: "log" });
  await court.members(ben);
  await court.take(
    "From: MAILER-DAEMON@x.test\nSubject: Undelivered mail\n\nSomething is wrong.\n",
    await court.path(ben),
  );
  const { bounces } = await court.state();
  for (const { kind } of await bounces.about(news, [ben], 0))
    t.equal(kind, "soft");
});

t.test("what an owner has said stays as it is", async (t) => {
  const court = await Court.open(t, quick);
  await court.members(ben);
  await court.roster.suspend(news, ben, "asked to");
  t.same(await court.bounce({ to: ben }, await court.path(ben)), []);
  await court.pass(30);
  t.match(await court.roster.get(news, ben), { suspendedFor: "asked to" });
});

t.test("who was let in by hand is judged anew", async (t) => {
  const court = await Court.open(t, quick);
  await court.members(ben);
  await court.bounce({ to: ben }, await court.path(ben));
  await court.roster.resume(news, ben);
  const [again] = await court.bounce({ to: ben }, await court.path(ben));
  t.match(again, { to: ben, sender: /^news-probe/ });
});

t.test(
  "on a day of trouble nobody stays suspended, and no trial fails",
  async (t) => {
    const court = await Court.open(t, { ...quick, probes: 1 });
    const all = Array.from({ length: 20 }, (_, n) => `u${n}@d${n}.test`);
    const [early = ""] = all;
    await court.members(...all);
    const [trial] = await court.bounce({ to: early }, await court.path(early));
    await court.pass(1);
    for (const to of all.slice(1, 14))
      await court.bounce({ to }, await court.path(to));
    for (const to of all.slice(1, 14))
      t.equal(await court.isSuspended(to), false, to);
    await court.bounce({ to: early }, trial?.sender);
    court.letters.length = 0;
    await court.pass(1);
    t.match(court.to(early), [{ sender: /^news-probe/ }], "it is sent again");
    await court.pass(8);
    t.equal(await court.isSuspended(early), false);
  },
);

t.test(
  "a domain that is gone for good is its own fault in the end",
  async (t) => {
    const court = await Court.open(t, quick);
    const gone = Array.from({ length: 12 }, (_, n) => `u${n}@gone.test`);
    const well = Array.from({ length: 50 }, (_, n) => `w${n}@well${n}.test`);
    await court.members(...gone, ...well);
    let letters = 0;
    for (let day = 0; day < 5; day += 1) {
      for (const to of gone) await court.bounce({ to }, await court.path(to));
      letters += court
        .to("news-owner@lists.example.org")
        .filter(({ text }) => /came back to most/.test(text)).length;
      await court.pass(1);
    }
    t.equal(letters, 1, "told once a week");
    t.equal(await court.isSuspended(gone[0] ?? ""), true);
  },
);

t.test(
  "readers whom a source brings are no trouble by themselves",
  async (t) => {
    const court = await Court.open(t, quick, "", { file: { path: "people" } });
    const all = Array.from({ length: 15 }, (_, n) => `u${n}@ldap.test`);
    const { suppressed } = await court.state();
    for (const to of all) await court.bounce({ to }, await court.path(to));
    const last = all.at(-1) ?? "";
    t.equal(await suppressed.has(news, [last]), true, "nobody is halted");
  },
);

t.test("servers that gave up after days count", async (t) => {
  const court = await Court.open(t, { action: "log" });
  await court.members(ben);
  const old = await court.path(ben, "bounce", court.now - 5 * DAY);
  const says = "451 4.4.7 delivery time expired";
  await court.bounce({ to: ben, status: "4.4.7", says }, old);
  const { bounces } = await court.state();
  const [noted] = await bounces.about(news, [ben], 0);
  t.match(noted, { kind: "soft", trust: "signed" });
});

t.test(
  "a look that is taken early is taken again, and one with much to do goes on",
  async (t) => {
    const court = await Court.open(t, { ...quick, warn: 100, halt: 100 });
    const all = Array.from({ length: 450 }, (_, n) => `u${n}@d${n}.test`);
    await court.members(...all, ...all.map((one) => `x${one}`));
    await court.bounce(
      all.map((to) => ({ to })),
      undefined,
      { ours: true },
    );
    for (const to of all) t.equal(await court.isSuspended(to), true);
    court.letters.length = 0;
    await court.early();
    await court.pass(8);
    const letters = court.letters.filter(({ text }) =>
      /comes again/.test(text),
    );
    t.equal(letters.length, 450);
    t.equal(new Set(letters.map(({ to }) => to)).size, 450, "each once");
  },
);

const some = Array.from({ length: 20 }, (_, n) => `u${n}@d${n}.test`);
const [one = "", ...others] = some;

t.test("a trial is told by its own reader's Message-ID only", async (t) => {
  const court = await Court.open(t, { ...quick, probes: 1 });
  const eve = "eve@evil.test";
  await court.members(ben, eve, ...some);
  await court.bounce([{ to: ben }, { to: eve }], undefined, { ours: true });
  const [hers] = court.to(eve);
  const id = /^Message-ID: <(.*)>$/m.exec(hers?.text ?? "")?.[1] ?? "";
  const at = "news-probe@lists.example.org";
  await court.bounce({ to: ben, post: id }, at);
  await court.bounce({ to: eve, post: id }, at);
  await court.pass(8);
  t.ok(await court.roster.get(news, ben), "nobody else's");
  t.notOk(await court.roster.get(news, eve), "her own");
});

t.test("what was begun before a crash is undone after it", async (t) => {
  const court = await Court.open(t, quick);
  await court.members(...some);
  for (const to of some.slice(0, 9))
    await court.bounce({ to }, await court.path(to));
  const to = some[9] ?? "";
  const path = await court.path(to);
  const text = report([{ to }]);
  const id = "1k2j3h4g5f6d";
  court.letters.length = 0;
  await court.take(text, path, { id, crash: true });
  await court.take(text, path, { id });
  t.equal(
    court.letters.filter(({ text }) => /comes again/.test(text)).length,
    9,
  );
  for (const each of some) t.equal(await court.isSuspended(each), false);
});

t.test("what counts less hides nothing that counts", async (t) => {
  const court = await Court.open(t, { ...quick, unsigned: false });
  await court.members(...some);
  for (const to of some) await court.bounce({ to, post: "p1" });
  for (const to of some)
    await court.bounce({ to, post: "p1" }, await court.path(to));
  const suspended = await Promise.all(some.map((to) => court.isSuspended(to)));
  t.same(new Set(suspended), new Set([false]), "a day of trouble");
});

t.test(
  "a trial that came back before the trouble was known is sent again",
  async (t) => {
    const court = await Court.open(t, { ...quick, probes: 1 });
    await court.members(...some);
    const [trial] = await court.bounce({ to: one }, await court.path(one));
    await court.pass(1);
    await court.bounce({ to: one }, trial?.sender);
    for (const to of others.slice(0, 13))
      await court.bounce({ to }, await court.path(to));
    court.letters.length = 0;
    await court.pass(1);
    t.match(court.to(one), [{ sender: /^news-probe/ }]);
    await court.pass(10);
    t.equal(await court.isSuspended(one), false);
  },
);

t.test("letters that strangers cause to be written halt nothing", async (t) => {
  const court = await Court.open(t, quick);
  await court.members(...some);
  const strangers = Array.from({ length: 15 }, (_, n) => `x${n}@strange.test`);
  const letters = await court.bounce(
    strangers.map((to) => ({ to })),
    undefined,
    { ours: true },
  );
  t.same(letters, []);
});

t.test(
  "a reader of a source who joins meanwhile gets mail again",
  async (t) => {
    const court = await Court.open(t, quick, "", { file: { path: "people" } });
    await court.bounce({ to: one }, await court.path(one));
    const { suppressed } = await court.state();
    t.equal(await suppressed.has(news, [one]), true);
    await court.members(one);
    await court.pass(8);
    t.equal(await suppressed.has(news, [one]), false);
  },
);

t.test("10,000 recipients in a report", async (t) => {
  const court = await Court.open(t, { summary: false, unsigned: true });
  const all = Array.from({ length: 10_000 }, (_, i) => `u${i}@d${i % 50}.test`);
  await court.members(...all.slice(0, 9000));
  await court.bounce(all.map((to) => ({ to })));
  const { bounceDays } = await court.state();
  const [count] = await bounceDays.counts(news, [""], 0);
  t.equal(count?.n, 9000, "members, and nobody else");
});
