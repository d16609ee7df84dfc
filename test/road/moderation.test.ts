// What waits for a moderator, and what comes of it.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { hashOf } from "../../src/lists/password.ts";
import { news } from "../cli/atHome.ts";
import { type Letter, Town } from "./town.ts";

const [maria, paul] = ["maria@example.org", "paul@example.org"];
const moderators = [maria, paul];
const anna = "anna@example.com";

/** The address in a moderator's letter that does something. */
function door(letter: Letter | undefined, word: string): string {
  const found = new RegExp(`news-${word}\\+[a-z2-7]+@\\S+`).exec(
    letter?.text ?? "",
  );
  return found?.[0] ?? `no-${word}`;
}

const to = (letters: readonly Letter[], address: string) =>
  letters.filter((letter) => letter.to === address);

const held = (town: Town) => readdirSync(join(town.home, "spool/held/new"));

t.test(
  "a post waits, each moderator is asked, the first answer counts",
  async (t) => {
    const town = await Town.build(t, {
      moderators,
      policy: "members",
      others: "hold",
    });
    await town.roster.add(news, anna);
    const letters = await town.write(
      "eve@example.net",
      "",
      "Buy this",
      "Cheap.",
      ["Approved: guess"],
    );
    t.same(
      letters.map((letter) => letter.to).sort(),
      moderators,
      "nobody else",
    );
    const [one] = to(letters, maria);
    const [other] = to(letters, paul);
    t.match(one?.text, /eve@example\.net/);
    t.match(
      one?.source,
      /Content-Type: message\/rfc822[\s\S]*Subject: Buy this/,
    );
    t.notMatch(one?.source, "guess", "no password of anybody");
    t.not(door(one, "approve"), door(other, "approve"));
    t.equal(held(town).length, 1);

    const after = await town.write(
      maria,
      door(one, "approve"),
      "Re: Please decide",
    );
    t.match(to(after, anna), [{ subject: "Buy this" }], "it is posted");
    t.match(to(after, paul)[0]?.text, maria);
    t.same(to(after, maria), []);
    t.same(held(town), []);

    const late = await town.write(
      paul,
      door(other, "reject"),
      "no",
      "Not here, please.",
    );
    t.same(
      late.map((letter) => letter.to),
      [paul],
      "he is told that she was first",
    );
    t.match(late[0]?.text, maria);
  },
);

t.test(
  "a refusal tells the author why, in the moderator's words",
  async (t) => {
    const town = await Town.build(t, { moderators, others: "hold" });
    const letters = await town.write("eve@example.net", "", "Hello");
    const body =
      "Please write in English.\n\nOn Monday the list wrote:\n> This message waits\n> for you";
    const told = await town.write(
      maria,
      door(to(letters, maria)[0], "reject"),
      "no",
      body,
    );
    const [refusal] = to(told, "eve@example.net");
    t.match(refusal?.text, "Please write in English.");
    t.notMatch(refusal?.text, /Monday|waits/);
    t.same(held(town), []);
  },
);

t.test(
  "thrown away, nobody is told; set free, the author posts from then on",
  async (t) => {
    const town = await Town.build(t, { moderators: [maria], others: "hold" });
    await town.roster.add(news, anna);
    const [ask] = await town.write("eve@example.net", "", "One");
    t.same(await town.write(maria, door(ask, "discard")), []);
    const [again] = await town.write("zoe@example.net", "", "Two");
    t.match(to(await town.write(maria, door(again, "free")), anna), [
      { subject: "Two" },
    ]);
    t.ok((await town.roster.roles(news, "zoe@example.net")).has("poster"));
  },
);

t.test("nobody else can answer for a moderator", async (t) => {
  const town = await Town.build(t, { moderators, others: "hold" });
  const letters = await town.write("eve@example.net", "", "Hello");
  const word = door(to(letters, maria)[0], "approve");
  const forged = word.replace(/\+(.)/, (_, c) => `+${c === "a" ? "b" : "a"}`);
  await town.write(maria, forged);
  t.equal(held(town).length, 1);
  const [answer] = await town.write("eve@example.net", "approve");
  t.equal(answer?.to, "eve@example.net");
  t.equal(held(town).length, 1);
  t.same(
    await town.write(maria, word, "Out of office", "", [
      "Auto-Submitted: auto-replied",
    ]),
    [],
    "a robot of hers does not count",
  );
  t.equal(held(town).length, 1);
});

t.test("who wants to join a closed list waits for a moderator", async (t) => {
  const town = await Town.build(t, { moderators: [maria], policy: "closed" });
  const [question] = await town.write(anna, "subscribe");
  const letters = await town.write(anna, question?.replyTo ?? "");
  t.same(letters.map((letter) => letter.to).sort(), [anna, maria]);
  t.same(await town.members(), []);
  const [welcome] = await town.write(
    maria,
    door(to(letters, maria)[0], "approve"),
  );
  t.equal(welcome?.to, anna);
  t.same(await town.members(), [anna]);
});

t.test(
  "moderators are reminded once a day, and what nobody decides on comes to an end",
  async (t) => {
    const town = await Town.build(t, {
      moderators: [maria],
      others: "hold",
      moderation: { expire: "3d" },
    });
    await town.write("eve@example.net", "", "One");
    await town.write("eve@example.net", "", "Two");
    const day = 86_400_000;
    town.later = day + 60_000;
    const reminders = await town.work();
    t.equal(reminders.length, 1, "one for both");
    t.match(reminders[0]?.text, /One[\s\S]*Two/);
    t.match(door(reminders[0], "approve"), /^news-approve/);
    town.later = 2 * day + 120_000;
    t.equal((await town.work()).length, 1, "and the next day");
    town.later = 3 * day + 180_000;
    await town.work();
    t.same(held(town), []);
    town.later = 5 * day;
    t.same(await town.work(), [], "then there is silence");
  },
);

t.test(
  "a post with the password needs no moderator, and nobody sees it",
  async (t) => {
    const password = await hashOf("open sesame");
    const town = await Town.build(t, {
      moderators: [maria],
      others: "hold",
      moderation: { password },
    });
    await town.roster.add(news, anna);
    const [post] = await town.write("boss@example.net", "", "News", "Text.", [
      "Approved: open sesame",
    ]);
    t.match(post, { to: anna, subject: "News" });
    t.notMatch(post?.source, "sesame");
    t.same(held(town), []);
  },
);
