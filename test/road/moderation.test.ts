// What waits for a moderator, and what comes of it.
import { chmodSync, cpSync, readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { Context } from "../../src/cli/context.ts";
import heldVerb from "../../src/cli/held.ts";
import renameVerb from "../../src/cli/list.ts";
import queueVerb from "../../src/cli/queue.ts";
import { keyringOf } from "../../src/lists/keyring.ts";
import { hashOf } from "../../src/lists/password.ts";
import { stateOf } from "../../src/lists/state.ts";
import { returnOf } from "../../src/lists/tokens.ts";
import { feed, news, verb } from "../cli/atHome.ts";
import { countingSink } from "./countingsink.ts";
import { Mill, list as millsList } from "./mill.ts";
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

t.test("where a list has no owners the postmaster decides", async (t) => {
  const town = await Town.build(t, { others: "hold" });
  await town.roster.add(news, anna);
  const [letter] = await town.write("eve@example.net", "", "One");
  t.match(letter?.to, /^postmaster@/);
  const out = await town.write(letter?.to ?? "", door(letter, "approve"));
  t.match(to(out, anna), [{ subject: "One" }]);
});

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

const day = 86_400_000;
const minute = 60_000;

for (const length of [4, 12, 18, 20, 40, 50])
  t.test(`a list with a name of ${length} characters`, async (t) => {
    const town = await Town.build(t);
    const { lists, roster } = new Context(town.home, false);
    const local = "l".repeat(length);
    const list = await lists.create(`${local}@lists.example.org`, {
      moderators: [maria],
      policy: "members",
      others: "hold",
      language: "de",
    });
    await roster.add(list.address, anna);
    const answers = (letter: Letter | undefined, word: string) => {
      const [, to = "", subject = ""] =
        new RegExp(
          `^ *(${local}-${word}\\S*@\\S+)(?:\\n +mit dem Betreff: (.*))?$`,
          "m",
        ).exec(letter?.text ?? "") ?? [];
      t.ok(to.indexOf("@") <= 64, to);
      return { to, subject };
    };
    const [ask] = await town.write("eve@example.net", list.address, "One");
    for (const word of ["approve", "reject", "discard", "free"]) {
      const { to, subject } = answers(ask, word);
      t.equal(to.includes("+"), subject === "", `${to} ${subject}`);
      if (length <= 18) t.equal(subject, "", "the address tells all");
    }
    const yes = answers(ask, "approve");
    const out = await town.write(maria, yes.to, yes.subject);
    t.match(to(out, anna), [{ subject: "One" }]);
    const [again] = await town.write("eve@example.net", list.address, "Two");
    const no = answers(again, "reject");
    const told = await town.write(maria, no.to, no.subject, "Not here.");
    t.match(told, [{ to: "eve@example.net", text: /Not here\./ }]);
    await town.write("eve@example.net", list.address, "Three");
    town.later = day + minute;
    const [reminder] = await town.work();
    const late = answers(reminder, "approve");
    const after = await town.write(maria, late.to, late.subject);
    t.match(to(after, anna), [{ subject: "Three" }]);
  });

t.test("nobody has decided: a member is told, others are not", async (t) => {
  const town = await Town.build(t, {
    moderators: [maria],
    policy: "moderated",
    moderation: { expire: "2d", remind: "0s" },
  });
  await town.roster.add(news, anna);
  const waits = await town.write(anna, "", "Mine");
  t.match(to(waits, anna), [{ subject: /waits: Mine/ }]);
  await town.write("eve@example.net", "", "Hers");
  await town.write(anna, "", "Vacation", "", ["Auto-Submitted: auto-replied"]);
  town.later = 2 * day + minute;
  const ended = await town.work();
  t.match(ended, [{ to: anna, subject: /not sent: Mine/, text: /2 days/ }]);
  t.equal(ended.length, 1);
  t.same(held(town), []);
});

for (const [name, delimiters] of [
  ["plus", "+"],
  ["equals", "="],
  ["plus and minus", "+-"],
])
  t.test(`reminders and ends, addresses cut at ${name}`, async (t) => {
    const town = await Town.build(
      t,
      {
        moderators: [maria],
        others: "hold",
        moderation: { expire: "2d" },
      },
      `delimiters = "${delimiters}"`,
    );
    await town.write("eve@example.net", "", "One");
    town.later = day + minute;
    t.match(await town.work(), [{ to: maria, text: /One/ }]);
    town.later = 2 * day + 2 * minute;
    await town.work();
    t.same(held(town), []);
  });

t.test("where addresses are not cut, the command line decides", async (t) => {
  const town = await Town.build(
    t,
    { moderators: [maria], others: "hold" },
    'delimiters = ""',
  );
  const [ask] = await town.write("eve@example.net", "", "One");
  const [entry = ""] = held(town).map((name) => name.split(".")[2] ?? "");
  t.match(ask?.text, `listmill held approve ${entry}`);
  t.notMatch(ask?.text, "news-approve");
  t.ok(town.log.some((line) => line.includes("delimiters is empty")));
  const said = await verb(t, town.home, heldVerb, ["reject", entry]);
  t.equal(said.code, 0, said.err);
  const told = await town.work();
  t.same(told.map((letter) => letter.to).sort(), ["eve@example.net", maria]);
});

t.test("a refusal goes to nobody whose address was taken", async (t) => {
  const town = await Town.build(t, { moderators: [maria], others: "hold" });
  const refuse = async (from: string, sender: string, more = "") => {
    const post = `From: ${from}\nTo: ${news}\nSubject: Hi\nMessage-ID: <${Math.random()}@x>\n${more}\nText.\n`;
    const [ask] = await town.post(post, sender, "");
    const told = await town.write(maria, door(ask, "reject"), "no", "No.");
    return told.map((letter) => letter.to);
  };
  const eve = "eve@example.net";
  t.same(await refuse(eve, eve), [eve]);
  t.same(await refuse("victim@example.net", eve), []);
  t.same(await refuse(news, news), [], "an address of ours");
  t.same(await refuse("other-owner@lists.example.org", "a@b.example"), []);
  t.same(await refuse(eve, eve, "Auto-Submitted: auto-generated\n"), []);
  await town.roster.add(news, anna, { moderation: "moderated" });
  const post = `From: ${anna}\nSubject: Hi\nMessage-ID: <m@x>\n\nText.\n`;
  const asks = await town.post(post, "elsewhere@example.com", "");
  const told = await town.write(maria, door(to(asks, maria)[0], "reject"));
  t.same(
    told.map((letter) => letter.to),
    [anna],
    "a member",
  );
});

t.test(
  "a post that its author does not confirm comes before the moderators",
  async (t) => {
    const town = await Town.build(t, {
      moderators: [maria],
      rules: { post: ["confirm"] },
      confirm: { valid: "2d" },
    });
    await town.roster.add(news, anna);
    const questions = await town.write("eve@example.net", "", "One");
    t.same(
      questions.map((letter) => letter.to),
      ["eve@example.net"],
    );
    const listed = async () => {
      const said = await verb(t, town.home, heldVerb, [], true);
      return JSON.parse(said.out || "[]").length;
    };
    t.equal(await listed(), 0, "it waits for its author");
    const [entry = ""] = held(town).map((name) => name.split(".")[2] ?? "");
    const early = await verb(t, town.home, heldVerb, ["discard", entry]);
    t.equal(early.code, 66, early.err);
    // Another post waits for a moderator: its reminder names that one alone.
    await new Context(town.home, false).lists.set(news, [
      "rules.post",
      ["hold"],
    ]);
    await town.write("zoe@example.net", "", "Two");
    town.later = day + minute;
    const [reminder] = await town.work();
    t.match(reminder?.text, "Two");
    t.notMatch(reminder?.text, "One");
    town.later = 2 * day + 2 * minute;
    const asked = (await town.work()).find(({ subject }) =>
      /decide.*One/.test(subject),
    );
    t.equal(asked?.to, maria);
    t.match(asked?.text, /has not answered/);
    t.equal(held(town).length, 2);
    town.later += day + minute;
    t.match((await town.work())[0]?.text, /One[\s\S]*Two/);
    const out = await town.write(maria, door(asked, "approve"));
    t.match(to(out, anna), [{ subject: "One" }]);
    t.same(to(out, "eve@example.net"), []);
  },
);

t.test(
  "its author confirms in time, and no moderator hears of it",
  async (t) => {
    const town = await Town.build(t, {
      moderators: [maria],
      rules: { post: ["confirm"] },
    });
    await town.roster.add(news, anna);
    const [question] = await town.write("eve@example.net", "", "One");
    const out = await town.write("eve@example.net", question?.replyTo ?? "");
    t.match(out, [{ to: anna, subject: "One" }]);
    town.later = 4 * day;
    t.same(await town.work(), []);
  },
);

t.test("an author's yes lifts his question, and nothing else", async (t) => {
  const town = await Town.build(t, {
    moderators: [maria],
    rules: { post: ["confirm"] },
    flood: { posts: 1, window: "1h" },
  });
  await town.roster.add(news, anna);
  const eve = "eve@example.net";
  const [first] = await town.write(eve, "", "One");
  const [second] = await town.write(eve, "", "Two");
  t.match(await town.write(eve, first?.replyTo ?? ""), [{ subject: "One" }]);
  const letters = await town.write(eve, second?.replyTo ?? "");
  t.match(to(letters, maria), [{ subject: /Two/ }], "there were too many");
  t.same(to(letters, anna), []);
  t.same(await town.write(eve, second?.replyTo ?? ""), []);
  t.equal(held(town).length, 1, "his yes said again is none to that");
  const listed = await verb(t, town.home, heldVerb, [], true);
  t.equal(JSON.parse(listed.out).length, 1);
  const out = await town.write(maria, door(to(letters, maria)[0], "approve"));
  t.match(to(out, anna), [{ subject: "Two" }]);
});

t.test("what is held again has its whole time again", async (t) => {
  const town = await Town.build(t, {
    moderators: [maria],
    others: "hold",
    moderation: { expire: "3d" },
  });
  await town.roster.add(news, anna);
  const [letter] = await town.write("eve@example.net", "", "One");
  town.later = 3 * day - 60 * minute;
  await town.work();
  const { sizes } = await stateOf(town.home);
  await sizes.put(news, 1000, Date.now());
  await town.write(maria, door(letter, "approve"));
  t.equal(held(town).length, 1, "nearly nobody would get it");
  town.later = 3 * day + minute;
  await town.work();
  t.equal(held(town).length, 1, "the end of the first stay is not its own");
  town.later = 6 * day + minute;
  await town.work();
  t.same(held(town), []);
});

t.test("what a flood holds is reminded of, and ends", async (t) => {
  const town = await Town.build(t, {
    moderators: [maria],
    policy: "open",
    flood: { posts: 1, window: "1h" },
    moderation: { expire: "3d" },
  });
  await town.roster.add(news, anna);
  await town.write("eve@example.net", "", "One");
  const letters = await town.write("eve@example.net", "", "Two");
  const [letter] = to(letters, maria);
  await town.write(maria, door(letter, "discard"));
  town.later = day + minute;
  t.same(to(await town.work(), maria), [], "nothing waits");
  t.same(to(await town.write("eve@example.net", "", "Three"), maria), []);
  t.same(to(await town.write("eve@example.net", "", "Four"), maria), []);
  t.equal(held(town).length, 2);
  town.later = 2 * day + 5 * minute;
  const reminders = to(await town.work(), maria);
  t.equal(reminders.length, 1);
  t.match(reminders[0]?.text, /Three[\s\S]*Four/);
  town.later = 5 * day;
  await town.work();
  t.same(held(town), []);
});

t.test("what a person has laid aside is no moderator's", async (t) => {
  const town = await Town.build(t, { moderators: [maria], others: "hold" });
  await town.write("eve@example.net", "", "One");
  const [entry = ""] = held(town).map((name) => name.split(".")[2] ?? "");
  await verb(t, town.home, queueVerb, ["release", `held/${entry}`]);
  await verb(t, town.home, queueVerb, ["hold", `posts/${entry}`]);
  t.equal(held(town).length, 1);
  const said = await verb(t, town.home, heldVerb, []);
  t.match(said.out, "nothing waits for a moderator");
  town.later = day + minute;
  t.same(await town.work(), []);
});

t.test("a list that gets another address takes what waits along", async (t) => {
  const town = await Town.build(t, { moderators, others: "hold" });
  await town.roster.add(news, anna);
  const first = await town.write("eve@example.net", "", "One");
  await town.write("eve@example.net", "", "Two");
  const fresh = "gazette@lists.example.org";
  const said = await verb(t, town.home, renameVerb, ["rename", news, fresh]);
  t.equal(said.code, 0, said.err);
  const listed = await verb(t, town.home, heldVerb, [fresh], true);
  t.equal(JSON.parse(listed.out).length, 2);
  const out = await town.write(maria, door(to(first, maria)[0], "approve"));
  t.match(to(out, anna), [{ subject: "One" }]);
  town.later = day + minute;
  const [reminder] = to(await town.work(), paul);
  t.match(reminder?.text, "Two");
  const word = /gazette-approve\+\S+/.exec(reminder?.text ?? "")?.[0] ?? "";
  t.match(to(await town.write(paul, word), anna), [{ subject: "Two" }]);
  t.same(held(town), []);
});

t.test(
  "who may not join is told so, at the address that wanted to",
  async (t) => {
    const town = await Town.build(t, { moderators: [maria], policy: "closed" });
    const ask = async () => {
      const [question] = await town.write(anna, "subscribe");
      // The answer comes from another address of hers.
      const letters = await town.write(
        "other@example.net",
        question?.replyTo ?? "",
        `Re: ${question?.subject}`,
      );
      return to(letters, maria)[0];
    };
    const letter = await ask();
    t.match(letter?.subject, /may anna@example\.com join/);
    const told = await town.write(
      maria,
      door(letter, "reject"),
      "no",
      "We are\nfull.",
    );
    t.match(told, [
      { to: anna, subject: /could not be done/, text: /subscribe/ },
    ]);
    t.match(told[0]?.text, "We are full.");
    t.equal(told.length, 1);
    const silent = await ask();
    const [more] = await town.write(maria, door(silent, "reject"));
    t.match(more?.text, /have decided against it/);
  },
);

t.test("who wants to leave where that waits for a moderator", async (t) => {
  const town = await Town.build(t, {
    moderators: [maria],
    rules: { unsubscribe: ["hold"] },
  });
  await town.roster.add(news, anna);
  const [question] = await town.write(anna, "unsubscribe");
  const letters = await town.write(anna, question?.replyTo ?? "");
  const [letter] = to(letters, maria);
  t.match(letter?.subject, /may anna@example\.com leave/);
  t.match(
    (await verb(t, town.home, heldVerb, [])).out,
    /anna@example\.com .*unsubscribe/,
  );
  await town.write(maria, door(letter, "approve"));
  t.same(await town.members(), []);
});

/** A post that is held, and a decision about it on the command line that is killed, and said again. */
t.test("killed while it is decided on the command line", async (t) => {
  t.jobs = 2;
  const folder = t.testdir();
  const template = join(folder, "template");
  const eve = "eve@example.net";
  const first = await countingSink();
  const original = await Mill.make(template, {
    smtp: first.url,
    site: "[outbound]\nrate = 0\n",
    members: ["m@x.example"],
    list: `policy = "members"\nothers = "hold"\nmoderators = ["${maria}"]\n[digest]\nenabled = false\n[moderation]\nremind = "0s"\n`,
  });
  await original.receive("held", eve);
  await original.tell(["run", "--until-empty"]);
  await first.close();
  const points = ["decision-made", "decision-announced", "decision-done"];
  const cases = [
    ...points.map((at) => [at, "reject"]),
    ...points.map((at) => [at, "approve"]),
    ["decision-made", "nothing"],
  ];
  const tests = cases.map(([at, again]) =>
    t.test(`${at}, then ${again}`, { buffered: true }, async (t) => {
      const home = join(folder, `${at}-${again}`);
      const sink = await countingSink();
      t.teardown(() => sink.close());
      cpSync(template, home, { recursive: true });
      chmodSync(join(home, "secrets/keys"), 0o700);
      const mill = Mill.at(home);
      mill.settle("[outbound]\nrate = 0\n", sink.url);
      const letters = (address: string, text: string) =>
        sink.taken.filter(
          (one) => one.recipients.includes(address) && one.text.includes(text),
        ).length;
      const id = mill.entries("held")[0]?.split(".").at(-1) ?? "";
      const words = ["held", "reject", id, "--reason", "Too long."];
      const { signal } = await mill.start(words, at).ended;
      t.equal(signal, "SIGKILL");
      if (again === "reject") await mill.start(words).ended;
      if (again === "approve") {
        const late = await mill.start(["held", "approve", id]).ended;
        t.not(late.code, 0, "it was refused before");
      }
      if (again === "nothing") {
        // A moderator's answer finds the decision, and does what was left undone.
        const { site, lists, clock } = new Context(home, false);
        const keyring = await keyringOf(site.home, clock);
        const found = lists.get(millsList);
        if (!found) return t.fail("no list");
        const said = {
          action: "moderate",
          more: id.slice(-12),
          address: maria,
        } as const;
        const back = returnOf(
          { site, list: found, keyring },
          "approve",
          said,
          clock.now(),
        );
        const answer = `From: ${maria}\nMessage-ID: <yes@x>\n\nYes.\n`;
        await feed(home, answer, {
          sender: maria,
          recipients: [back.address],
        });
      }
      await mill.finish();
      t.equal(letters(eve, "Too long."), 1, "its author is told once");
      const told = again === "nothing" ? 2 : 1;
      t.equal(letters(maria, "Subject: Decided"), told, "and so is she");
      t.equal(letters("m@x.example", ""), 0);
      t.same(mill.entries("held"), []);
    }),
  );
  await Promise.all(tests);
});
