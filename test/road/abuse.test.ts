// What somebody may try who means no good, one trick a test: lists that subscribe themselves, one mail
// that counts as less than it does, one decision that stands for another.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t from "tap";
import { Context } from "../../src/cli/context.ts";
import { news } from "../cli/atHome.ts";
import { type Letter, Town } from "./town.ts";

const anna = "anna@example.com";
const [maria, paul] = ["maria@example.org", "paul@example.org"];
const eve = "eve@example.net";

/** The whole token of a question. */
const tokenIn = (letter: Letter | undefined) =>
  /\(confirm ([a-z2-7]+)\)/.exec(letter?.subject ?? "")?.[1] ?? "";

const door = (letter: Letter | undefined, word: string) =>
  new RegExp(`news-${word}\\+[a-z2-7]+@\\S+`).exec(letter?.text ?? "")?.[0] ??
  `no-${word}`;

const to = (letters: readonly Letter[], address: string) =>
  letters.find((letter) => letter.to === address);

const held = (town: Town) => readdirSync(join(town.home, "spool/held/new"));

/** A hook of the site's own. */
function hook(town: Town, path: string, script: string): void {
  const file = join(town.home, "hooks.d", path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

t.test("no question goes to a list, or to a machine", async (t) => {
  const town = await Town.build(t, { policy: "open" });
  await town.roster.add(news, anna);
  for (const victim of [
    news,
    "News@LISTS.example.org",
    '"news"@lists.example.org',
    '"n\\ews"@lists.example.org',
    "news-owner@lists.example.org",
    "news+request@lists.example.org",
    "mailer-daemon@example.com",
    "other-request@example.com",
    "noreply@example.com",
  ])
    for (const command of ["subscribe", "unsubscribe", "set digest"])
      t.same(
        await town.write(eve, "request", `${command} ${victim}`),
        [],
        `${command} ${victim}`,
      );
  t.same(await town.members(), [anna]);
});

t.test("who says to be a list is not answered", async (t) => {
  const town = await Town.build(t, { policy: "open" });
  for (const from of [
    news,
    "News <NEWS@Lists.Example.ORG>",
    '"news"@lists.example.org',
    'news (x) <"news"@lists.example.org>',
    "<news-owner@lists.example.org>",
    "news+confirm@lists.example.org, eve@example.net",
  ])
    for (const command of ["help", "subscribe", "who", "nonsense", "get 1"]) {
      const message = `From: ${from}\nSubject: ${command}\n\n`;
      for (const sender of [eve, news])
        t.same(await town.post(message, sender, "request"), [], from);
    }
});

t.test("a list of lists writes into none of them", async (t) => {
  const town = await Town.build(t, { umbrella: true });
  const { lists } = new Context(town.home, false);
  await lists.create("foo@lists.example.org", { policy: "closed" });
  await town.roster.add("foo@lists.example.org", anna);
  for (const stream of ["posts", "archive", "digest", "moderators"]) {
    const victim = `foo-${stream}@lists.example.org`;
    const letters = [
      ...(await town.write(eve, "request", `subscribe ${victim}`)),
      ...(await town.write(victim, "help", "")),
    ];
    t.ok(letters.length > 0, "the mill's MTA is asked to deliver it");
    for (const letter of letters)
      t.equal(letter.to, `foo-${stream}-owner@lists.example.org`);
  }
  t.match(
    await town.write(eve, "help", ""),
    [{ to: eve }],
    "who asks is answered himself",
  );
});

t.test("a stranger's words are not carried to others", async (t) => {
  const town = await Town.build(t);
  const text = `From: ${anna}\nMessage-ID: <x@y>\n\nset CHEAP http://evil.example\nbuy more http://evil.example\n`;
  const [letter] = await town.post(text, eve, "request");
  t.equal(letter?.to, anna);
  t.match(letter?.text, "> set\n");
  t.notMatch(letter?.text, "evil");
  const [own] = await town.post(text, anna, "request");
  t.match(own?.text, "evil", "his own are");
});

t.test("a refusal of commands is told to nobody but who wrote", async (t) => {
  const town = await Town.build(t, {
    rules: { command: ["accept if member", "reject"] },
  });
  await town.roster.add(news, anna);
  for (const from of [anna, paul]) {
    const text = `From: ${from}\nMessage-ID: <${from}>\nSubject: help\n\n`;
    const letters = await town.post(text, eve, "request");
    t.same(
      letters.filter((letter) => letter.to === eve),
      [],
      `${from}: the sender learns nothing`,
    );
  }
});

t.test("a letter of the list that comes back is no post", async (t) => {
  const town = await Town.build(t, { policy: "open" });
  await town.roster.add(news, anna);
  const [question] = await town.write("alias@example.net", "subscribe");
  t.equal(question?.to, "alias@example.net");
  t.same(await town.post(question?.source ?? "", eve, ""), []);
  t.same(await town.members(), [anna]);
});

t.test("many questions of one mail are many questions", async (t) => {
  const town = await Town.build(t);
  const again = "subscribe v@example.com\nunsubscribe v@example.com\n";
  const once = await town.write(eve, "request", "", again.repeat(5));
  t.equal(once.length, 2, "what is asked twice is asked once");
  const all = [
    ..."digest nomail posts plain".split(" "),
    ..."own-copy,duplicates,acknowledge"
      .split(",")
      .flatMap((flag) => [`${flag} on`, `${flag} off`]),
  ].map((what) => `set ${what} w@example.com`);
  const letters = await town.write(eve, "request", "", all.join("\n"));
  t.equal(letters.length, 5, "answers.requests");
});

t.test("one decision lets one address in", async (t) => {
  const town = await Town.build(t, { policy: "closed", moderators: [maria] });
  const [nice] = await town.write("nice@example.com", "subscribe");
  const [bad] = await town.write("bad@example.com", "subscribe");
  const body = `confirm ${tokenIn(nice)}\nconfirm ${tokenIn(bad)}\n`;
  const letters = await town.write("nice@example.com", "request", "", body);
  t.match(to(letters, maria)?.text, "nice@example.com wants to join");
  await town.write(maria, door(to(letters, maria), "approve"));
  t.same(await town.members(), ["nice@example.com"]);
  const more = await town.write("bad@example.com", "confirm", tokenIn(bad));
  t.same(more.map((letter) => letter.to).sort(), ["bad@example.com"]);
});

t.test("what is held again is decided again", async (t) => {
  const town = await Town.build(t, {
    moderators: [maria, paul],
    others: "hold",
  });
  await town.roster.add(news, anna);
  hook(town, "posts/15-approve/10-second", "echo Look again.\nexit 80");
  const first = await town.write(eve, "", "Hello", "Text");
  const second = await town.write(maria, door(to(first, maria), "approve"));
  t.equal(held(town).length, 1, "something else holds it");
  const end = await town.write(maria, door(to(second, maria), "reject"));
  t.same(end.map((letter) => letter.to).sort(), [eve, paul]);
  t.same(held(town), []);
  const late = await town.write(paul, door(to(first, paul), "approve"));
  t.match(late, [{ to: paul, text: /declined|rejected|said no/ }]);
});

t.test("an author says yes to what waits for the author alone", async (t) => {
  const town = await Town.build(t, {
    moderators: [maria],
    rules: { post: ["confirm if from anna@*"] },
  });
  await town.roster.add(news, anna);
  hook(town, "posts/15-approve/10-second", "echo Look again.\nexit 80");
  const [question] = await town.write(anna, "", "Mine");
  const asked = await town.write(anna, question?.replyTo ?? "");
  t.same(asked.map((letter) => letter.to).sort(), [anna, maria]);
  await town.write(anna, question?.replyTo ?? "");
  t.equal(held(town).length, 1);
  await town.write(anna, door(question, "discard"));
  t.equal(held(town).length, 1);
});

t.test("rules about commands hold for each in a mail", async (t) => {
  const town = await Town.build(t, {
    rules: { command: ['reject "Members only." if not member'] },
  });
  hook(town, "commands/20-answer/weather", "echo It rains.");
  const body = "subscribe\nweather in a town of many words\n";
  const letters = await town.write(eve, "request", "", body);
  t.match(letters, [{ to: eve, text: /Members only/ }]);
  t.notMatch(letters[0]?.text, "rains");
});

t.test("a reply from elsewhere, and of the longest address", async (t) => {
  const town = await Town.build(t);
  const long = `${"a".repeat(60)}@${`${"b".repeat(60)}.`.repeat(3)}example`;
  for (const address of [
    "a.rather.long.name.of.somebody@a-company-of-many-words.example.com",
    long,
  ]) {
    const [question] = await town.write(address, "subscribe");
    const { replyTo = "", subject } = question ?? {};
    await town.write("other@example.net", replyTo, "yes");
    t.notOk((await town.members()).includes(address), "not without the token");
    await town.write("other@example.net", replyTo, `Re: ${subject}`);
    t.ok((await town.members()).includes(address));
  }
});
