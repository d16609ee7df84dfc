// People join, choose, look around and leave, by mail, and nobody can do it for them.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t from "tap";
import { news } from "../cli/atHome.ts";
import { Town } from "./town.ts";

const anna = "anna@example.com";
const long =
  "a.rather.long.name.of.somebody@a-company-of-many-words.example.com";

for (const address of [anna, long])
  t.test(
    `joining takes a yes of ${address}, by an answer to the question`,
    async (t) => {
      const town = await Town.build(t);
      const [question, ...more] = await town.write(
        `A <${address}>`,
        "subscribe",
        "let me in, <script>",
        "hello",
      );
      t.same(more, []);
      t.match(question, {
        to: address,
        sender: "news-bounces@lists.example.org",
      });
      t.match(question?.source, /^Auto-Submitted: auto-generated$/m);
      t.notMatch(
        question?.source,
        /script|hello/,
        "nothing of the request is in it",
      );
      t.same(await town.members(), []);
      t.match(
        question?.replyTo,
        /^news-confirm\+[a-z2-7]+@lists\.example\.org$/,
      );
      t.ok((question?.replyTo.indexOf("@") ?? 99) <= 64);
      const [welcome] = await town.write(
        address,
        question?.replyTo ?? "",
        `Re: ${question?.subject}`,
      );
      t.match(welcome, { to: address, subject: /news@lists\.example\.org/ });
      t.match(welcome?.text, "news-unsubscribe@lists.example.org");
      t.same(await town.members(), [address]);
      const [again] = await town.write(address, question?.replyTo ?? "", "x");
      t.match(again?.text, address, "twice is once");
      t.same(await town.members(), [address]);
    },
  );

t.test(
  "an answer from another address of the same person counts where the subject has it all",
  async (t) => {
    const town = await Town.build(t);
    const [question] = await town.write(long, "subscribe");
    await town.write(
      "other@example.net",
      "confirm",
      `AW: ${question?.subject}`,
    );
    t.same(await town.members(), [long]);
  },
);

t.test(
  "who answers for somebody else, too late, or with a token that is made up, gets nothing",
  async (t) => {
    const town = await Town.build(t);
    const [question] = await town.write(long, "subscribe");
    const [no] = await town.write(
      "eve@example.net",
      question?.replyTo ?? "",
      "yes",
    );
    t.equal(no?.to, "eve@example.net");
    t.same(await town.members(), []);
    const forged = question?.replyTo.replace(
      /\+(.)/,
      (_, c) => `+${c === "a" ? "b" : "a"}`,
    );
    await town.write(long, forged ?? "", "yes");
    t.same(await town.members(), []);
    const late = await town.question(long, Date.now() - 4 * 86_400_000);
    t.match((await town.write(long, late, "yes"))[0], { to: long });
    t.same(await town.members(), []);
  },
);

t.test(
  "leaving: by an answer, by one click, and a word for who is no member",
  async (t) => {
    const town = await Town.build(t, {
      personal: { footer: "{{unsubscribe}}" },
    });
    await town.roster.add(news, anna);
    await town.roster.add(news, "ben@example.com");
    const [question] = await town.write(anna, "unsubscribe");
    t.equal(question?.to, anna);
    t.same((await town.members()).length, 2);
    const [bye] = await town.write(anna, question?.replyTo ?? "");
    t.match(bye, { to: anna });
    t.same(await town.members(), ["ben@example.com"]);

    const posts = await town.write("ben@example.com", "", "A post", "Text");
    const click = /mailto:(news-unsubscribe\+\S+@lists\.example\.org)/.exec(
      posts[0]?.source ?? "",
    )?.[1];
    t.match(click, /\+[a-z2-7]{20,}/);
    await town.write("ben@phone.example", click ?? "");
    t.same(await town.members(), []);

    const [asked] = await town.write("zoe@example.com", "leave");
    const [none] = await town.write("zoe@example.com", asked?.replyTo ?? "");
    t.equal(none?.to, "zoe@example.com");
  },
);

t.test("settings of one's own", async (t) => {
  const town = await Town.build(t);
  await town.roster.add(news, anna);
  const [question] = await town.write(anna, "set+nomail");
  t.match(question?.text, "nomail");
  await town.write(anna, question?.replyTo ?? "");
  t.match(await town.roster.get(news, anna), { delivery: "nomail" });
  const [second] = await town.write(
    anna,
    "request",
    "set vacation until 2099-12-24",
  );
  const [done] = await town.write(anna, second?.replyTo ?? "", second?.subject);
  t.match(done?.text, "2099-12-24");
  t.match(await town.roster.get(news, anna), {
    away: Date.UTC(2099, 11, 25),
    delivery: "nomail",
  });
});

t.test("several commands in one mail, in HTML, in German", async (t) => {
  const town = await Town.build(t);
  await town.roster.add(news, anna, { language: "de" });
  const letters = await town.write(
    anna,
    "request",
    "",
    "<p>hilfe</p><p>wetter morgen</p><div>abmelden</div>",
    ["Content-Type: text/html; charset=utf-8"],
  );
  t.equal(letters.length, 3);
  t.ok(letters.every(({ to }) => to === anna));
  t.match(
    letters.find(({ text }) => text.includes("wetter"))?.text,
    /> wetter morgen\n {2}.*(kein|nicht)/,
  );
});

t.test("the members are for the owners", async (t) => {
  const town = await Town.build(t, { owners: ["olga@example.org"] });
  await town.roster.add(news, anna);
  const told = await town.write(anna, "who");
  t.ok(told.every(({ text }) => !text.includes(anna) || text.includes(">")));
  const [list] = await town.write("olga@example.org", "who");
  t.match(list?.text, anna);
});

t.test("nobody is answered who is no person", async (t) => {
  const town = await Town.build(t);
  for (const header of [
    "Auto-Submitted: auto-replied",
    "Precedence: bulk",
    "List-Id: <x.example.org>",
    "X-Auto-Response-Suppress: All",
  ])
    t.same(await town.write(anna, "request", "help", "", [header]), [], header);
  t.same(await town.write("mailer-daemon@example.com", "subscribe"), []);
  t.same(await town.post("Subject: help\n\n", "", "request"), []);
  t.same(
    await town.write("other-request@lists.example.org", "request", "help"),
    [],
  );
  t.equal(
    town.log.filter((line) =>
      /discarded by commands\/.*nobody is answered: /.test(line),
    ).length,
    7,
  );
});

t.test("no address is written to without an end", async (t) => {
  const town = await Town.build(t, {}, "[answers]\na_day = 3\nrequests = 2\n");
  let questions = 0;
  for (let at = 0; at < 4; at += 1)
    questions += (await town.write(anna, "subscribe")).length;
  t.equal(questions, 2, "questions");
  let answers = 0;
  for (let at = 0; at < 4; at += 1)
    answers += (await town.write("ben@example.com", "help")).length;
  t.equal(answers, 3, "answers");
  t.match(
    town.log.join("\n"),
    /anna@example\.com is not asked: .*has reached 2/,
  );
  t.match(
    town.log.join("\n"),
    /ben@example\.com gets no letter: it has had 3 today/,
  );
});

t.test("members get posts out of the archive, others do not", async (t) => {
  const town = await Town.build(t);
  await town.roster.add(news, anna);
  const id = (n: number) => `Message-ID: <${n}@example.com>`;
  const post = (n: number, subject: string, more: string[] = []) =>
    town.post(
      [
        `From: ${anna}`,
        `Subject: ${subject}`,
        id(n),
        ...more,
        "",
        `Body ${n}.`,
        "",
      ].join("\n"),
      anna,
      "",
    );
  await post(1, "Tea");
  await post(2, "Cake");
  await post(3, "Re: Tea", ["In-Reply-To: <1@example.com>"]);
  await post(4, "AW: Tea", ["References: <0@example.com> <3@example.com>"]);
  const [one] = await town.write(anna, "get-2");
  t.match(one?.source, /message\/rfc822[\s\S]*Subject: Cake[\s\S]*Body 2/);
  t.notMatch(one?.source, "Body 1");
  const [some] = await town.write(anna, "request", "get 1-2 4");
  t.match(
    some?.source,
    /multipart\/digest[\s\S]*Body 1[\s\S]*Body 2[\s\S]*Body 4/,
  );
  const [thread] = await town.write(anna, "thread-3");
  t.match(thread?.source, /Body 1[\s\S]*Body 3[\s\S]*Body 4/);
  t.notMatch(thread?.source, "Body 2");
  const [index] = await town.write(anna, "index");
  t.match(index?.text, /1 .*Tea[\s\S]*2 .*Cake[\s\S]*4 .*AW: Tea/);
  t.notMatch(index?.source, "Body");
  const [none] = await town.write(anna, "get-99");
  t.notMatch(none?.source, "Body");
  const [no] = await town.write("eve@example.net", "get-1");
  t.equal(no?.to, "eve@example.net");
  t.notMatch(no?.source, "Body");
});

t.test("a command is a script that is dropped in", async (t) => {
  const town = await Town.build(t);
  const file = join(town.home, "hooks.d/commands/20-answer/weather");
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, '#!/bin/sh\necho "In $LISTMILL_ARGUMENTS it rains."\n', {
    mode: 0o755,
  });
  const [answer] = await town.write(
    anna,
    "request",
    "",
    "weather Paris; $(id)\nhelp",
  );
  t.match(answer?.text ?? "", /rains|weather/);
  const letters = [
    answer,
    ...(await town.write(anna, "request", "weather Rome")),
  ];
  t.ok(letters.some((letter) => letter?.text.includes("In Rome it rains.")));
});

t.test("rules of the list decide about commands too", async (t) => {
  const town = await Town.build(t, {
    rules: {
      subscribe: ['reject "Not from there." if from *@example.net'],
      command: ['reject "Members only." if not member'],
    },
  });
  const [no] = await town.write("eve@example.net", "subscribe");
  t.match(no?.text, "Not from there.");
  t.equal((await town.write(anna, "subscribe")).length, 1);
  const [refused] = await town.write(anna, "help");
  t.match(refused?.text, "Members only.");
});

t.test("a post may have to be confirmed by its author", async (t) => {
  const town = await Town.build(t, {
    rules: { post: ["confirm if from anna@*"] },
  });
  await town.roster.add(news, anna);
  await town.roster.add(news, "ben@example.com");
  const [question, ...more] = await town.write(anna, "", "Mine");
  t.same(more, []);
  t.match(question, { to: anna });
  t.match(question?.text, "Mine");
  const posts = await town.write(anna, question?.replyTo ?? "", "yes");
  t.same(posts.map(({ to }) => to).sort(), [anna, "ben@example.com"]);
  const [other] = await town.write(anna, "", "Not mine");
  const away = /news-discard\+[a-z2-7]+@\S+/.exec(other?.text ?? "")?.[0] ?? "";
  t.same(await town.write(anna, away), []);
  t.same(readdirSync(join(town.home, "spool/held/new")), []);
});

t.test("a post that comes twice is posted once", async (t) => {
  const town = await Town.build(t);
  await town.roster.add(news, anna);
  const message = `From: ${anna}\nSubject: One\nMessage-ID: <1@example.com>\n\nText.\n`;
  t.equal((await town.post(message, anna, "")).length, 1);
  t.same(await town.post(message, anna, ""), []);
  t.match(
    town.log.join("\n"),
    /discarded by posts\/10-approve\/03-duplicate.*it came before/,
  );
});

t.test("who wishes so is told that a post has gone out", async (t) => {
  const town = await Town.build(t);
  await town.roster.add(news, anna, { acknowledge: true, language: "de" });
  const letters = await town.write(anna, "", "Tee");
  t.equal(letters.length, 2);
  t.ok(letters.some(({ subject }) => subject.startsWith("Ihre Nachricht")));
});

t.test("an issue of the digest that went out can be had again", async (t) => {
  const town = await Town.build(t, { digest: { enabled: true, posts: 1 } });
  await town.roster.add(news, anna, { delivery: "digest-mime" });
  const [first] = await town.write(anna, "", "Tea", "Body.");
  t.match(first?.source, /issue 1[\s\S]*Body\./);
  const [again] = await town.write(anna, "digest-1");
  t.match(again?.source, /issue 1[\s\S]*Body\./);
  const [none] = await town.write(anna, "digest-2");
  t.notMatch(none?.source, "Body.");
  t.notMatch(
    (await town.write("eve@example.net", "digest-1"))[0]?.source,
    "Body.",
  );
});

t.test(
  "letters to people reach no list, whatever address somebody names",
  async (t) => {
    const town = await Town.build(t, {
      owners: ["olga@example.org"],
      rules: { post: ["confirm if from news@*"] },
    });
    await town.roster.add(news, anna);
    for (const address of [
      news,
      "news-archive@lists.example.org",
      "news-owner@lists.example.org",
    ]) {
      t.same(
        await town.write("eve@example.net", "request", `subscribe ${address}`),
        [],
        address,
      );
      t.same(
        (await town.write(address, "", "A subject of mine")).filter(
          ({ to }) => to === anna,
        ),
        [],
      );
    }
  },
);

t.test(
  "what the rules say of somebody is not told to somebody else",
  async (t) => {
    const town = await Town.build(t, {
      rules: { subscribe: ['reject "You are in already." if member'] },
    });
    await town.roster.add(news, anna);
    const letters = await town.write(
      "eve@example.net",
      "request",
      `subscribe ${anna}`,
    );
    t.same(
      letters.map(({ to }) => to),
      [anna],
      "as for who is no member",
    );
    const other = await town.write(
      "eve@example.net",
      "request",
      "subscribe zoe@example.com",
    );
    t.same(
      other.map(({ to }) => to),
      ["zoe@example.com"],
    );
  },
);

t.test(
  "an old yes to leaving does not count for who has joined again",
  async (t) => {
    const town = await Town.build(t);
    await town.roster.add(news, anna, { joined: Date.now() });
    const late = await town.question(
      anna,
      Date.now() - 5 * 3_600_000,
      "unsubscribe",
    );
    const [no] = await town.write(anna, late);
    t.equal(no?.to, anna);
    t.same(await town.members(), [anna]);
  },
);

t.test("who asks to join again is changed in nothing", async (t) => {
  const town = await Town.build(t);
  await town.roster.add(news, anna, { delivery: "digest-mime", joined: 1 });
  const [question] = await town.write(anna, "subscribe");
  await town.write(anna, question?.replyTo ?? "");
  t.match(await town.roster.get(news, anna), { delivery: "digest-mime" });
});

t.test("a goodbye is in the language of who leaves", async (t) => {
  const town = await Town.build(t);
  await town.roster.add(news, anna, { language: "de" });
  const [question] = await town.write(anna, "unsubscribe");
  const [bye] = await town.write(anna, question?.replyTo ?? "");
  t.match(bye?.source, /^Content-Language: de$/m);
});

t.test("letters of one mail are told apart", async (t) => {
  const town = await Town.build(t);
  await town.roster.add(news, anna);
  const letters = await town.write(
    anna,
    "request",
    "set nomail",
    "set language de",
  );
  const ids = letters.map(
    ({ source }) => /^Message-ID: (.*)$/m.exec(source)?.[1],
  );
  t.equal(letters.length, 2);
  t.equal(new Set(ids).size, 2);
});
