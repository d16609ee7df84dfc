// What a token does, and where: on its own list alone, for those who have the office still, once however
// many runners take it, and whole or not at all where a runner dies over it.
import {
  chmodSync,
  cpSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t, { type Test } from "tap";
import { type Failpoint, failpoints } from "../../src/base/failpoint.ts";
import { Context } from "../../src/cli/context.ts";
import { keyringOf } from "../../src/lists/keyring.ts";
import { answerIn, returnOf, type Said } from "../../src/lists/tokens.ts";
import { type Action, actions } from "../../src/mail/token.ts";
import { answersFor, moderatorIn } from "../../src/moderation/asking.ts";
import { feed, news, runAll } from "../cli/atHome.ts";
import { type CountingSink, countingSink } from "./countingsink.ts";
import { list, Mill } from "./mill.ts";
import { Town } from "./town.ts";

t.setTimeout(900_000);

const anna = "anna@example.com";
const maria = "maria@example.org";
const words = ["confirm", "approve", "reject", "discard", "free"] as const;

t.test("a token does nothing on another list", async (t) => {
  const town = await Town.build(t);
  const { site, lists, clock } = new Context(town.home, false);
  const keyring = await keyringOf(site.home, clock);
  const list = lists.get(news);
  if (!list) return t.fail("no list");
  const [local] = news.split("@");
  const names = fc.constantFrom(
    "news@lists.example.com",
    "new@slists.example.org",
    "news-confirm@lists.example.org",
    "anews@lists.example.org",
    `${news}.`,
    `${local}@`,
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...(Object.keys(actions) as Action[])),
      fc.constantFrom("", "posts", "0123456789ab"),
      fc.oneof(fc.emailAddress(), fc.constant(news), fc.constant(anna)),
      fc.oneof(names, fc.emailAddress()),
      (action, more, address, other) => {
        const said = { action, more, address };
        const now = clock.now();
        const { token, address: reply } = returnOf(
          { site, list, keyring },
          "confirm",
          said,
          now,
        );
        const short = reply.slice(reply.indexOf("+") + 1, reply.indexOf("@"));
        const there = { list: { ...list, address: other }, keyring };
        const candidates = [address, anna, other, news];
        return (
          answerIn({ list, keyring }, short, candidates).kind === "ok" &&
          [token, short].every(
            (one) => answerIn(there, one, candidates).kind !== "ok",
          )
        );
      },
    ),
  );
});

t.test("nor do all of them at once, at every door of it", async (t) => {
  const town = await Town.build(t, { moderators: [maria], others: "hold" });
  const { site, lists, clock, roster } = new Context(town.home, false);
  const keyring = await keyringOf(site.home, clock);
  const other = await lists.create("other@lists.example.org", {
    moderators: [maria],
    owners: [maria],
    policy: "members",
    others: "hold",
  });
  await roster.add(other.address, "ben@example.com");
  await town.write("eve@example.net", other.address, "Held there", "Text.");
  const held = () => readdirSync(join(town.home, "spool/held/new"));
  t.equal(held().length, 1);
  const tail = held()[0]?.split(".")[2]?.slice(-12) ?? "";
  const list = lists.get(news);
  if (!list) return t.fail("no list");
  const said: Said[] = [
    { action: "subscribe", more: "posts", address: anna },
    { action: "unsubscribe", more: "", address: "ben@example.com" },
    { action: "set", more: "nomail", address: "ben@example.com" },
    { action: "post", more: tail, address: "eve@example.net" },
    { action: "moderate", more: tail, address: maria },
  ];
  for (const one of said)
    for (const word of words) {
      const now = clock.now();
      const back = returnOf({ site, list, keyring }, word, one, now);
      const at = back.address.replace(/^news-/, "other-");
      const message = `From: ${one.address}\nSubject: (${word} ${back.token})\n\n${word} ${back.token}\n`;
      for (const recipient of [at, "other-request@lists.example.org"])
        await feed(town.home, message, {
          sender: one.address,
          recipients: [recipient],
        });
    }
  await runAll(town.home);
  t.equal(held().length, 1, "it is held still");
  const members: string[] = [];
  for await (const { address, delivery } of roster.members(other.address))
    members.push(`${address} ${delivery}`);
  t.same(members, ["ben@example.com posts"]);
  t.same(await town.members(), []);
});

t.test("who is no moderator any more decides nothing", async (t) => {
  const people = fc.uniqueArray(fc.emailAddress(), {
    minLength: 2,
    maxLength: 4,
    selector: (address) => address.toLowerCase(),
  });
  const town = await Town.build(t, { moderators: [maria], others: "hold" });
  const { site, lists, clock, roster } = new Context(town.home, false);
  const keyring = await keyringOf(site.home, clock);
  const made = lists.get(news);
  if (!made) return t.fail("no list");
  const list = made;
  fc.assert(
    fc.property(people, ([gone = "", ...others]) => {
      const asking = { site, list, keyring, now: clock.now(), id: "x" };
      const reader = { address: gone, languages: [] };
      const [approve = ""] = answersFor(
        asking,
        reader,
        "0000-0123456789ab",
      ).approve;
      const token = approve.slice(approve.indexOf("+") + 1).split("@")[0] ?? "";
      return (
        moderatorIn({ list, keyring }, token, [gone, ...others])?.moderator ===
          gone && moderatorIn({ list, keyring }, token, others) === undefined
      );
    }),
  );
  // The same with real mail: one whom the settings name, one whom the roster does.
  const paul = "paul@example.org";
  await roster.role(news, paul, "moderator", true);
  const letters = await town.write("eve@example.net", "", "Hello");
  t.same(letters.map(({ to }) => to).sort(), [maria, paul]);
  await roster.role(news, paul, "moderator", false);
  await lists.set(news, ["moderators", ["zoe@example.org"]]);
  for (const { to, text } of letters)
    for (const word of words.slice(1)) {
      const door = new RegExp(`news-${word}\\+\\S+@\\S+`).exec(text)?.[0] ?? "";
      await town.write(to, door);
    }
  const held = readdirSync(join(town.home, "spool/held/new"));
  t.equal(held.length, 1);
});

/** A home with a list that holds what strangers write, one post that is held, and a member. */
async function template(home: string): Promise<{ tail: string }> {
  const mill = await Mill.make(home, {
    smtp: "smtp://127.0.0.1:1",
    members: ["m@x.example"],
    list: `policy = "members"\nothers = "hold"\nmoderators = ["${maria}"]\n[digest]\nenabled = false\n[moderation]\nremind = "0s"\n`,
  });
  const sink = await countingSink();
  mill.settle("[outbound]\nrate = 0\n", sink.url);
  await mill.receive("held", "eve@example.net");
  await mill.tell(["run", "--until-empty"]);
  await sink.close();
  const [held = ""] = mill.entries("held");
  return { tail: held.split(".").at(-1)?.slice(-12) ?? "" };
}

async function tokenFor(home: string, word: string, said: Said) {
  const { site, lists, clock } = new Context(home, false);
  const keyring = await keyringOf(site.home, clock);
  const found = lists.get(list);
  if (!found) throw new Error(list);
  return returnOf({ site, list: found, keyring }, word, said, clock.now())
    .address;
}

/** As an MTA delivers it into the Maildir. */
function answer(mill: Mill, from: string, to: string, id: string): void {
  const text = `Return-Path: <${from}>\nDelivered-To: ${to}\nFrom: ${from}\nMessage-ID: <${id}@x>\nSubject: Re\n\nYes.\n`;
  const draft = join(mill.spool("incoming", "tmp"), id);
  writeFileSync(draft, text, { mode: 0o640 });
  renameSync(draft, join(mill.spool("incoming", "new"), id));
}

const folder = t.testdir();
const home = join(folder, "template");
let tail = "";

async function fresh(name: string): Promise<[Mill, CountingSink]> {
  const copy = join(folder, name.replaceAll(/\W+/g, "."));
  cpSync(home, copy, { recursive: true });
  chmodSync(join(copy, "secrets/keys"), 0o700);
  const sink = await countingSink();
  const mill = Mill.at(copy);
  mill.settle("[outbound]\nrate = 0\n", sink.url);
  return [mill, sink];
}

const lettersTo = (sink: CountingSink, address: string) =>
  sink.taken.filter(({ recipients }) => recipients.includes(address)).length;

async function members(mill: Mill): Promise<string[]> {
  const out = await mill.tell(["member", "list", list, "--json"]);
  return out.match(/[\w.]+@[\w.]+\.\w+/g) ?? [];
}

t.before(async () => {
  ({ tail } = await template(home));
});

t.test("two answers in two processes join once", async (t) => {
  const [mill, sink] = await fresh("race");
  t.teardown(() => sink.close());
  const people = Array.from({ length: 25 }, (_, at) => `p${at}@y.example`);
  for (const [at, address] of people.entries()) {
    const said = { action: "subscribe", more: "posts", address } as const;
    const to = await tokenFor(mill.home, "confirm", said);
    for (const which of ["a", "b"])
      answer(mill, address, to, `${which}${String(at).padStart(2, "0")}`);
  }
  const runs = [1, 2].map(() => mill.start(["run", "--until-empty"]));
  for (const { ended } of runs) t.equal((await ended).code, 0);
  await mill.tell(["run", "--until-empty"]);
  const joined = (await members(mill)).filter((one) => people.includes(one));
  t.same(joined.sort(), [...people].sort(), "each once");
  for (const address of people) {
    const letters = lettersTo(sink, address);
    t.ok(letters >= 1 && letters <= 2, `${address}: ${letters}`);
  }
});

interface Journey {
  readonly name: string;
  start(mill: Mill): Promise<void>;
  /** Whether all is as if nobody had died. @param deaths SMTP transactions that may come twice */
  check(
    t: Test,
    mill: Mill,
    sink: CountingSink,
    doubles: number,
  ): Promise<void>;
}

const journeys: readonly Journey[] = [
  {
    name: "confirm",
    async start(mill) {
      const said = {
        action: "subscribe",
        more: "posts",
        address: anna,
      } as const;
      const to = await tokenFor(mill.home, "confirm", said);
      answer(mill, anna, to, "yes");
    },
    async check(t, mill, sink, doubles) {
      t.same((await members(mill)).sort(), [anna, "m@x.example"]);
      const letters = lettersTo(sink, anna);
      t.ok(letters >= 1 && letters <= 1 + doubles, `${letters} letters`);
      t.ok(sink.taken.every(({ text }) => text.includes("Welcome")));
      t.equal(mill.entries("held").length, 1);
    },
  },
  {
    name: "approve",
    async start(mill) {
      const said = { action: "moderate", more: tail, address: maria } as const;
      const to = await tokenFor(mill.home, "approve", said);
      answer(mill, maria, to, "yes");
    },
    async check(t, mill, sink, doubles) {
      const posts = lettersTo(sink, "m@x.example");
      t.ok(posts >= 1 && posts <= 1 + doubles, `${posts} posts`);
      t.same(mill.entries("held"), [], "it is held no more");
      t.same(mill.shelved(), [1], "and archived once");
      t.equal(lettersTo(sink, maria), 0, "she is told nothing");
    },
  },
  {
    name: "discard",
    async start(mill) {
      const said = { action: "moderate", more: tail, address: maria } as const;
      const to = await tokenFor(mill.home, "discard", said);
      answer(mill, maria, to, "yes");
    },
    async check(t, mill, sink) {
      t.equal(sink.taken.length, 0);
      t.same(mill.entries("held"), []);
    },
  },
];

/** All of them with LISTMILL_EVERY_POINT=1; else those that lie in what these journeys do themselves. */
const points: readonly Failpoint[] = [
  ...failpoints.filter(
    (at) => at !== "digest-claimed" && process.env.LISTMILL_EVERY_POINT,
  ),
  "hooks-done",
  "member-added",
  "decision-made",
  "decision-done",
];
let deaths = 0;

/** Entries that are anywhere but resting in `held`. */
const busy = (mill: Mill) =>
  mill.left().filter((path) => !path.startsWith("held/"));

for (const journey of journeys)
  t.test(`killed during ${journey.name}`, (t) => {
    t.jobs = 2;
    for (const at of points)
      t.test(at, { buffered: true }, async (t) => {
        for (const passage of [1, 2, 5]) {
          const [mill, sink] = await fresh(`${journey.name} ${at} ${passage}`);
          t.teardown(() => sink.close());
          await journey.start(mill);
          const run = ["run", "--until-empty", "--jobs", "1"];
          const { signal } = await mill.start(run, `${at}:${passage}`).ended;
          await sink.quiet();
          if (signal === null) break;
          deaths += 1;
          for (let tries = 0; tries < 5 && busy(mill).length > 0; tries += 1)
            await mill.tell(["run", "--until-empty"]);
          t.same(busy(mill), [], "nothing is left in the spool");
          await journey.check(t, mill, sink, 1);
        }
      });
    t.end();
  });

t.teardown(() => t.comment(`${deaths} deaths`));
