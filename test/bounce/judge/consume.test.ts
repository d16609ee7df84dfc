import { writeFileSync } from "node:fs";
import t from "tap";
import { returnPathOf } from "../../../src/mail/bouncehandler.ts";
import { news } from "../../cli/atHome.ts";
import { Court, DAY, report, subjectOf } from "./court.ts";

const ben = "ben@box.test";
const owner = "news-owner@lists.example.org";

t.test(
  "who fails on many days gets no mail, and then trials until the end",
  async (t) => {
    const court = await Court.open(t, { summary: false });
    await court.members(ben, "carla@box.test");
    for (let day = 1; day <= 5; day += 1) {
      await court.bounce({ to: ben }, await court.path(ben));
      t.equal(await court.isSuspended(ben), false, `not on day ${day}`);
      await court.pass(1);
    }
    const [probe] = await court.bounce({ to: ben }, await court.path(ben));
    t.equal(await court.isSuspended(ben), true);
    t.equal(await court.isSuspended("carla@box.test"), false);
    t.match(probe, { to: ben, sender: /^news-probe\+[a-z2-7]+@lists/ });
    t.match(probe?.text, /There is no such address/);
    const [entry] = (
      await Array.fromAsync(court.roster.history(news, ben))
    ).slice(-1);
    t.match(entry, {
      what: "suspended",
      by: "mill",
      who: "bounces",
      detail: /no-such-user/,
    });
    t.equal(
      (await court.bounce({ to: ben }, await court.path(ben))).length,
      0,
      "once",
    );
    court.letters.length = 0;
    for (const number of [2, 3]) {
      await court.bounce({ to: ben }, probe?.sender);
      await court.pass(6);
      t.same(court.to(ben), [], "not before it is time");
      await court.pass(2);
      const [next, ...more] = court.to(ben);
      t.same(more, []);
      t.match(next?.text, new RegExp(`number ${number} of 3`));
      await court.bounce({ to: ben }, await court.path(ben, "probe"));
    }
    await court.pass(8);
    const [last] = court.to(ben);
    t.match(subjectOf(last), /no longer a member/);
    t.match(last?.text, "news-subscribe@lists.example.org");
    t.equal(await court.roster.get(news, ben), undefined);
    await court.pass(30);
    t.same(court.letters, []);
    t.match(
      [...court.events.values()],
      [
        {
          event: "bounce.judged",
          list: news,
          cause: { id: /^bounces\// },
          detail: {
            address: ben,
            standing: "suspended",
            reason: /no-such-user/,
          },
        },
        { detail: { address: ben, standing: "removed" } },
      ],
      "programs are told, once each",
    );
  },
);

t.test(
  "a trial that arrives restores the member, who hears what was missed",
  async (t) => {
    const court = await Court.open(t, {
      threshold: 1,
      days: 1,
      posts: 1,
      summary: false,
    });
    await court.members(ben);
    await court.bounce({ to: ben }, await court.path(ben));
    t.equal(await court.isSuspended(ben), true);
    court.letters.length = 0;
    await court.pass(2);
    t.equal(await court.isSuspended(ben), true);
    await court.pass(6);
    t.equal(await court.isSuspended(ben), false);
    const [letter] = court.to(ben);
    t.match(subjectOf(letter), /comes again/);
    const { bounces } = await court.state();
    const noted = await bounces.about(news, [ben], 0);
    t.same(
      noted.map(({ trust }) => trust),
      ["past"],
      "kept, and of no account",
    );
    await court.bounce({ to: ben }, await court.path(ben));
    t.equal(await court.isSuspended(ben), true, "and all begins anew");
  },
);

t.test("nothing is done in the first month, and all is told", async (t) => {
  const court = await Court.open(t, {
    threshold: 1,
    days: 1,
    posts: 1,
    log_only: "30d",
  });
  await court.members(ben);
  await court.bounce({ to: ben }, await court.path(ben));
  t.equal(await court.isSuspended(ben), false);
  t.match(
    court.logged.join("\n"),
    /ben@box.test would be suspended: its score is 1.0/,
  );
  await court.pass(1);
  const [summary] = court.to(owner);
  t.match(summary?.text, /For good: 1/);
  t.match(summary?.text, /for now nobody is suspended/);
  t.match(summary?.text, /1\.0 {2}ben@box\.test {2}550 5\.1\.1 no such user/);
  await court.pass(30);
  await court.bounce({ to: ben }, await court.path(ben));
  t.equal(await court.isSuspended(ben), true);
});

t.test(
  "not even the first of several at one moment is only told",
  async (t) => {
    const court = await Court.open(t, { threshold: 1, days: 1, posts: 1 });
    const carla = "carla@box.test";
    await court.members(ben, carla);
    await court.bounce({ to: ben }, await court.path(ben));
    // It was begun before the other, and is judged after it.
    court.now -= 5;
    await court.bounce({ to: carla }, await court.path(carla));
    t.equal(await court.isSuspended(carla), true);
  },
);

t.test(
  "only what we have signed names somebody, as long as it is young",
  async (t) => {
    const court = await Court.open(t, {
      ...{ threshold: 1, days: 1, posts: 1, unsigned: false },
    });
    await court.members(ben);
    const path = await court.path(ben);
    const forged = path.replace(/.@/, (end) => (end === "a@" ? "b@" : "a@"));
    await court.bounce({ to: ben }, forged);
    t.match(court.logged.join("\n"), /is none of ours: (forged|malformed)/);
    t.equal(await court.isSuspended(ben), false);
    await court.bounce({ to: ben });
    t.equal(await court.isSuspended(ben), false, "anybody can write there");
    const old = await court.path(ben, "bounce", court.now - 4 * DAY);
    await court.bounce({ to: ben }, old);
    t.equal(await court.isSuspended(ben), false, "too old to be judged by");
    const { bounces } = await court.state();
    const noted = await bounces.about(news, [ben], 0);
    t.same(
      noted.map(({ trust }) => trust),
      ["unsigned", "unsigned", "late"],
    );
    await court.bounce(
      { to: ben },
      await court.path(ben, "bounce", court.now - 40 * DAY),
    );
    t.equal(
      (await bounces.about(news, [ben], 0)).length,
      3,
      "too old to be noted",
    );
    await court.bounce({ to: "forwarded@else.test" }, path.toUpperCase());
    t.equal(
      await court.isSuspended(ben),
      true,
      "in any case, whatever the report says",
    );
  },
);

t.test("the return path is found where only the report shows it", async (t) => {
  const court = await Court.open(t, { threshold: 1, days: 1, posts: 1 });
  await court.members(ben);
  const path = await court.path(ben);
  const text = report([{ to: "x@else.test" }]).replace(
    "Message-ID: <post",
    `Return-Path: <${path}>\nMessage-ID: <post`,
  );
  await court.take(text, "news-bounces@lists.example.org");
  t.equal(await court.isSuspended(ben), true);
});

t.test("the same report again and again says nothing new", async (t) => {
  const court = await Court.open(t, { threshold: 2, days: 2, posts: 2 });
  await court.members(ben);
  const text = report([{ to: ben }]);
  for (let day = 0; day < 6; day += 1) {
    await court.take(text, await court.path(ben));
    await court.pass(1);
  }
  t.equal(await court.isSuspended(ben), false);
});

t.test(
  "a post that is refused for what it is says nothing of members",
  async (t) => {
    const court = await Court.open(t, { threshold: 1, days: 1, posts: 1 });
    const all = Array.from({ length: 40 }, (_, i) => `u${i}@d${i}.test`);
    await court.members(...all);
    const told: string[] = [];
    for (const to of all.slice(0, 15)) {
      const says = "550 5.7.1 Message rejected due to DMARC policy";
      const letters = await court.bounce(
        { to, status: "5.7.1", says, post: "spam@x" },
        await court.path(to),
      );
      told.push(...letters.map(subjectOf));
      t.equal(await court.isSuspended(to), false);
    }
    t.equal(told.length, 1, "the owners hear it once");
    t.match(told[0], /many servers refused a message: Seed potatoes/);
  },
);

t.test("trouble on the way is nobody's fault", async (t) => {
  const court = await Court.open(t, {
    threshold: 1,
    days: 1,
    posts: 1,
    summary: false,
  });
  const all = Array.from({ length: 40 }, (_, i) => `u${i}@d${i % 2}.test`);
  await court.members(...all);
  const { bounceDays } = await court.state();
  // Days before it, nobody had reached anything: from now on each bounce is enough.
  const some = all.filter((_, i) => i % 2 === 0).map((to) => ({ to }));
  const letters = await court.bounce(some, undefined, { ours: true });
  t.same(
    letters.map(subjectOf).map((text) => text.replace(/\d{4}-.*/, "")),
    ["news@lists.example.org: mail to most members came back on "],
    "of the list, once",
  );
  for (const { to } of some) t.equal(await court.isSuspended(to), false);
  await court.pass(1);
  const [halted] = await bounceDays.counts(news, [""], 0);
  t.ok((halted?.halted ?? 0) > 0);
  await court.bounce({ to: "u0@d0.test" }, undefined, { ours: true });
  t.equal(await court.isSuspended("u0@d0.test"), true, "on another day");
});

t.test(
  "a complaint removes whom we have signed, and nobody else",
  async (t) => {
    const court = await Court.open(t);
    await court.members(ben, "eve@box.test");
    const complaint = (path: string, to: string) => `From: fbl@isp.test
Subject: complaint
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="cut"

--cut
Content-Type: text/plain

An abuse report.

--cut
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: isp/1
Version: 1
Original-Rcpt-To: ${to}

--cut
Content-Type: message/rfc822

Return-Path: <${path}>
From: anna@example.net
To: news@lists.example.org
Subject: Seed potatoes
Message-ID: <p1@example.net>

Text.
--cut--
`;
    const at = "news-bounces@lists.example.org";
    const [told] = await court.take(complaint(await court.path(ben), ben), at);
    t.match(told, { to: owner, text: /has marked a message/ });
    t.match(told?.text, /so the member\s+was\s+removed/);
    t.notMatch(told?.text, /listmill member remove/);
    t.equal(await court.roster.get(news, ben), undefined);
    const [other] = await court.take(complaint("x@y.test", "eve@box.test"), at);
    t.match(
      other?.text,
      "listmill member remove news@lists.example.org eve@box.test",
    );
    t.ok(await court.roster.get(news, "eve@box.test"));
  },
);

t.test("what nobody understands is kept, and told of once a day", async (t) => {
  const settings = '[bounces]\nunrecognised_notify = ["root@site.test"]\n';
  const court = await Court.open(t, {}, settings);
  const at = "news-bounces@lists.example.org";
  for (const text of ["one", "two"])
    await court.take(
      `From: MAILER-DAEMON@x.test\nSubject: Hm ${text}\n\n${text}\n`,
      at,
    );
  t.same(court.to("root@site.test"), []);
  await court.pass(1);
  const [mail, ...more] = court.to("root@site.test");
  t.same(more, []);
  t.match(mail?.text, /Hm one[\s\S]*Hm two/);
  t.match(mail?.text, /message\/rfc822/);
  await court.pass(8);
  t.same(court.to("root@site.test"), [], "nothing new, no mail");
});

t.test("what was begun before a crash is done after it", async (t) => {
  const court = await Court.open(t, {
    threshold: 1,
    days: 1,
    posts: 1,
    summary: false,
  });
  await court.members(ben);
  const path = await court.path(ben);
  const text = report([{ to: ben }]);
  const id = "1k2j3h4g5f6d";
  t.same(await court.take(text, path, { id, crash: true }), []);
  const [probe] = await court.take(text, path, { id });
  t.match(probe, { to: ben, sender: /^news-probe/ });
  const { bounces } = await court.state();
  t.equal((await bounces.about(news, [ben], 0)).length, 1);
  await court.pass(8);
  t.equal(await court.isSuspended(ben), false, "its look was not forgotten");
});

t.test(
  "whom a source brings is suppressed, and let through again",
  async (t) => {
    const rules = { threshold: 1, days: 1, posts: 1, summary: false };
    const to = "lena@ldap.test";
    const dir = t.testdir({ without: {}, with: {} });
    const without = await Court.open(t, rules, "", {}, `${dir}/without`);
    await without.bounce({ to }, await without.path(to));
    const gone = (await without.state()).suppressed;
    t.equal(await gone.has(news, [to]), false, "who has left is let alone");
    const court = await Court.open(
      t,
      rules,
      "",
      { file: { path: "people" } },
      `${dir}/with`,
    );
    await court.bounce({ to }, await court.path(to));
    const { suppressed } = await court.state();
    t.equal(await suppressed.has(news, [to]), true);
    await court.pass(8);
    t.equal(await suppressed.has(news, [to]), false);
  },
);

t.test(
  "a return path of Postfix's names a member, and is not signed",
  async (t) => {
    const court = await Court.open(t, { threshold: 1, days: 1, posts: 1 });
    await court.members(ben);
    const path = (name: string) => `news-bounces+${name}@lists.example.org`;
    await court.bounce({ to: "x@else.test" }, path("ben=box.test"));
    t.equal(await court.isSuspended(ben), true);
    const { bounces } = await court.state();
    const [noted] = await bounces.about(news, [ben], 0);
    t.equal(noted?.trust, "unsigned");
    await court.bounce({ to: "x@else.test" }, path("eve=box.test"));
    t.match(court.logged.join("\n"), /about no member/);
  },
);

t.test(
  "a return path of BounceHandler's names a user of its wiki",
  async (t) => {
    const rules = { threshold: 1, days: 1, posts: 1 };
    const court = await Court.open(
      t,
      rules,
      `[bounces.bouncehandler]\nsecret_file = "secrets/wiki"\nusers = "users"\nlists = { enwiki = "${news}" }\n`,
    );
    writeFileSync(`${court.home}/secrets/wiki`, "geheim\n", { mode: 0o600 });
    writeFileSync(`${court.home}/users`, `7\t${ben}\n`);
    await court.members(ben);
    const agreed = {
      prefix: "wiki",
      algorithm: "sha256",
      secret: "geheim",
    } as const;
    const path = (time: number, secret = "geheim") =>
      returnPathOf(
        { ...agreed, secret },
        { wiki: "enwiki", user: 7, time },
        "wiki.test",
      );
    const text = (to: string) =>
      report([{ to: "x@y.test" }]).replace("From:", `To: ${to}\nFrom:`);
    const at = "news-bounces@lists.example.org";
    await court.take(text(path(court.now, "wrong")), at);
    await court.take(text(path(court.now - 5 * DAY)), at);
    t.equal(await court.isSuspended(ben), false);
    await court.take(text(path(court.now)), at);
    t.equal(await court.isSuspended(ben), true);
  },
);
