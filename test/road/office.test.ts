// Moderators and owners who answer by mail, behind a real Postfix: the lists' addresses lie in the domain
// that people have theirs in, one by one as `listmill aliases` prints them.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { needServers } from "./servers.ts";
import type { Letter } from "./town.ts";
import { Village } from "./village.ts";

t.setTimeout(300_000);

const list = "tea@box.test";
const at = (extension: string) => list.replace("@", `-${extension}@`);
const [anna, eve, maria, olga, otto, paul] = [
  "anna@box.test",
  "eve@box.test",
  "maria@box.test",
  "olga@box.test",
  "otto@box.test",
  "paul@box.test",
] as const;
/** Somebody whose name begins like the list's. */
const neighbour = "tea-room@box.test";

/** The address in a moderator's letter that does something. */
function door(letter: Letter, word: string): string {
  return (
    new RegExp(`tea-${word}\\+[a-z2-7]+@\\S+`).exec(letter.text)?.[0] ?? ""
  );
}

t.test("moderators and owners", { timeout: 280_000 }, async (t) => {
  if (!needServers(t, "postfix", "swaks")) return;
  const village = await Village.open(t, {
    shared: true,
    people: ["anna", "eve", "maria", "olga", "otto", "paul", "tea-room"],
    lists: {
      [list]: [
        `owners=${olga},${otto}`,
        `moderators=${maria},${paul}`,
        "others=hold",
        "digest.enabled=false",
      ],
      "tea.house@box.test": [`owners=${olga}`],
    },
  });
  const { home } = village;
  await home.tell("member", "add", list, anna);
  const held = () => readdirSync(join(home.dir, "spool/held/new")).length;

  await t.test("a post of a stranger waits, and is refused", async (t) => {
    village.write(eve, list, "Buy this", "Cheap watches.");
    const asked = await village.letter(maria);
    const other = await village.letter(paul);
    for (const letter of [asked, other]) {
      t.match(
        letter.source,
        /^Content-Type: message\/rfc822[\s\S]*^Subject: Buy this[\s\S]*Cheap watches\./m,
      );
      t.match(letter.text, eve);
    }
    await village.rest();
    t.equal(held(), 1);
    t.same(await village.unread(anna), []);
    t.same(await village.unread(eve), [], "a stranger may be anybody");

    const words = "We do not sell things here.\nPlease try another list.";
    village.reply(asked, words, door(asked, "reject"));
    const refusal = await village.letter(eve);
    t.match(refusal.subject, "Buy this");
    t.match(refusal.text, "We do not sell things here.");
    t.match(refusal.text, "Please try another list.");
    t.notMatch(refusal.text, /August|wrote|decision|tea-/);
    t.match((await village.letter(paul)).text, maria, "the other is told");
    await village.rest();
    t.equal(held(), 0);
    village.reply(other, "", door(other, "approve"));
    t.match((await village.letter(paul)).text, maria, "she was first");
    await village.rest();
    t.same(await village.unread(anna), []);
  });

  await t.test("another one is let go", async (t) => {
    village.write(eve, list, "Green tea", "Is there any?");
    const asked = await village.letter(paul);
    await village.letter(maria);
    t.equal(asked.replyTo, "", "a plain answer decides nothing");
    village.reply(asked, "Of course.", door(asked, "approve"));
    const post = await village.letter(anna);
    t.match(post, { subject: "Green tea", sender: at("bounces") });
    t.match(post.source, `From: ${eve}`);
    t.notMatch(post.source, "Of course");
    t.match((await village.letter(maria)).text, paul);
    await village.rest();
    t.equal(held(), 0);
  });

  await t.test("thrown away, set free", async (t) => {
    village.write(eve, list, "Watches again");
    await village.letter(paul);
    village.write(maria, door(await village.letter(maria), "discard"));
    t.match((await village.letter(paul)).text, maria);
    village.write(eve, list, "Black tea");
    village.write(maria, door(await village.letter(maria), "free"));
    t.match((await village.letter(anna)).subject, "Black tea");
    village.write(eve, list, "White tea");
    t.match((await village.letter(anna)).subject, "White tea");
    await village.rest();
    t.same(await village.unread(eve), []);
    await village.unread(paul);
  });

  await t.test("the owners have an address", async (t) => {
    village.write(eve, at("owner"), "A question", "Who are you?");
    for (const owner of [olga, otto])
      t.match(await village.letter(owner), {
        subject: "A question",
        text: "Who are you?",
      });
  });

  await t.test("each address goes where it belongs", async (t) => {
    village.write(anna, neighbour, "Hello");
    t.match((await village.letter(neighbour)).subject, "Hello");
    for (const words of ["help", "faq", "info", "index", "request+x"]) {
      village.write(anna, at(words), "help");
      t.equal((await village.letter(anna)).from.includes(at("owner")), true);
    }
    village.write(anna, "TEA+Subscribe-Digest@box.test");
    t.match((await village.letter(anna)).replyTo, /^tea-confirm\+/);
    village.write(anna, "tea.house-subscribe@box.test");
    t.match((await village.letter(anna)).replyTo, /^tea\.house-confirm\+/);
    t.throws(() => village.write(anna, "tea-chest@box.test"), /550 5\.1\.1/);
    t.throws(() => village.write(anna, "teaxhouse@box.test"), /550 5\.1\.1/);
  });

  await village.rest();
  for (const person of [anna, eve, maria, olga, otto, paul])
    t.same(await village.unread(person), [], `nothing more for ${person}`);
  t.notMatch(village.state, /status=(deferred|bounced)|failed:/);
});
