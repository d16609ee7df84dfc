// What befalls lists, with the real command line and runners: a list gets another address while mail
// waits and whatever is killed, lists have lists for members, and owners get their mail.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { list, Mill, names, post, until } from "./mill.ts";
import { type Sink, startSink } from "./sink.ts";

t.setTimeout(300_000);
/** A test starts some twenty processes. */
const slow = { timeout: 150_000 };

const paper = "paper@lists.example.org";
const [anna, boss] = ["anna@box.test", "boss@box.test"];

async function made(t: Test): Promise<{ mill: Mill; sink: Sink }> {
  const sink = await startSink(t);
  const mill = await Mill.make(t.testdir(), {
    smtp: sink.url,
    members: [anna, "ben@box.test"],
    digestReaders: ["dora@box.test"],
    list: `owners = ["${boss}"]\n[digest]\nposts = 3\n`,
    site: "[outbound]\nrate = 0",
  });
  return { mill, sink };
}

const settings = (mill: Mill, name: string, text: string) =>
  writeFileSync(join(mill.home, "lists", name, "list.toml"), text);

/** Brings a message by the MTA's pipe. @returns the exit code */
async function bring(mill: Mill, to: string, text: string, sender = anna) {
  const process = mill.start(["receive", "--sender", sender, to], "", text);
  return (await process.ended).code;
}

const message = (subject: string, from = anna) =>
  `From: ${from}\nSubject: ${subject}\nMessage-ID: <${subject}@x>\n\nHello.\n`;

/** The numbers of the posts in an archive, in order. */
function numbers(mill: Mill, address: string): string[] {
  return names(join(mill.home, "archive", address, "numbers", "0"));
}

/** What was taken for a recipient with these words, once. */
function once(sink: Sink, who: string, words: string): string {
  const found = sink.taken.filter(
    ({ recipients, text }) => recipients.includes(who) && text.includes(words),
  );
  if (found.length !== 1)
    throw new Error(`${found.length} of ${words} to ${who}`);
  return found[0]?.text ?? "";
}

t.test("a list gets another address", slow, async (t) => {
  const { mill, sink } = await made(t);
  await mill.receive("before", anna);
  let log = await mill.finish();
  // These wait while it is renamed: in the front door, in the Maildir, and a digest's alarm.
  await mill.receive("piped", anna);
  mill.drop("dropped", anna);
  await mill.tell(["suppress", "add", "--list", list, "ben@box.test"]);
  await mill.tell(["list", "rename", list, paper]);
  await mill.receive("after", anna);
  log += await mill.finish();
  t.match(
    log,
    /events\/\S+: .*list\.created dev@lists\.example\.org by command/,
  );
  t.match(log, /list\.renamed paper@\S+ by command \S+ \{"from":"dev@/);
  for (const id of ["before", "piped", "dropped", "after"]) {
    const text = once(sink, anna, `Subject: post ${id}`);
    const name = id === "before" ? "dev" : "paper";
    t.match(
      text,
      new RegExp(`^List-Id: <${name}\\.lists\\.example\\.org>`, "m"),
    );
  }
  t.equal(sink.counts("Subject: post piped").get("ben@box.test"), undefined);
  t.equal(sink.counts("Subject: post before").get("ben@box.test"), 1);
  t.match(once(sink, "dora@box.test", "post before"), /^List-Id: <paper\./m);
  t.same(readdirSync(join(mill.home, "archive")), [paper]);
  t.match(await mill.tell(["archive", "show", paper, "1"]), /post before/);
  t.equal(await bring(mill, "dev-owner@lists.example.org", message("help")), 0);
  await mill.finish();
  t.match(once(sink, boss, "Subject: help"), /^X-Loop: paper-owner@/m);
  t.equal(
    await bring(mill, "dev-nonsense@lists.example.org", message("x")),
    67,
  );
  t.same(mill.left(), []);
});

t.test("killed at any place, it goes on where it was", slow, async (t) => {
  const { mill, sink } = await made(t);
  const places = ["rename-begun", "rename-state", "rename-archive"];
  await mill.receive("first", anna);
  await mill.finish();
  await mill.receive("waiting", anna);
  for (const place of places) {
    const { signal } = await mill.start(["list", "rename", list, paper], place)
      .ended;
    t.equal(signal, "SIGKILL", place);
    t.equal(await bring(mill, list, post("late", anna)), 75, "mail waits");
    t.equal(await bring(mill, paper, post("late", anna)), 67);
    const run = mill.start(["run", "--until-empty"]);
    t.match((await run.ended).log, /waits .*say again: listmill list rename/);
    await mill.tell(["queue", "retry", "incoming"]);
  }
  const { signal } = await mill.start(
    ["list", "rename", list, paper],
    "rename-carried",
  ).ended;
  t.equal(signal, "SIGKILL", "what is done is not told");
  await mill.tell(["list", "rename", list, paper]);
  t.match(
    await mill.tell(["list", "rename", list, paper]),
    /has moved to paper@lists\.example\.org already/,
  );
  await mill.tell(["queue", "retry", "incoming"]);
  t.equal((await mill.finish()).match(/: list\.renamed paper@/g)?.length, 1);
  t.match(once(sink, "ben@box.test", "post waiting"), /^List-Id: <paper/m);
  t.same(numbers(mill, paper), ["1", "2"]);
});

t.test("entries at work come to their end first", slow, async (t) => {
  const { mill, sink } = await made(t);
  const folder = join(mill.home, "hooks.d/posts/20-edit");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "05-slow"), "#!/bin/sh\nsleep 2\n", {
    mode: 0o755,
  });
  await mill.receive("slow", anna);
  const runner = mill.start(["run"]);
  t.teardown(() => runner.child.kill("SIGKILL"));
  await until(
    () => mill.entries("posts").some((path) => path.includes("/cur/")),
    () => `the post to be at work\n${runner.log()}`,
  );
  await mill.tell(["list", "rename", list, paper]);
  // It came through, or it waits because it met the list on its way.
  await mill.tell(["queue", "retry", "posts"]);
  await until(
    () => sink.counts("Subject: post slow").size > 0,
    () => `the post to arrive\n${runner.log()}`,
  );
  runner.child.kill("SIGTERM");
  await runner.ended;
  await mill.finish();
  t.equal(sink.counts("Subject: post slow").get(anna), 1);
  t.same(numbers(mill, paper), ["1"]);
});

t.test("frozen, thawed, taken away, brought back", slow, async (t) => {
  const { mill, sink } = await made(t);
  await mill.tell(["list", "freeze", list]);
  await mill.receive("frozen", anna);
  await mill.finish();
  t.match(
    once(
      sink,
      anna,
      "dev@lists.example.org takes no messages and no new members",
    ),
    /dev-owner@/,
  );
  t.equal(sink.counts("Subject: post frozen").get("ben@box.test"), undefined);
  await mill.tell(["list", "thaw", list]);
  await mill.tell(["list", "remove", list]);
  t.equal(await bring(mill, list, message("gone")), 67);
  await mill.finish();
  await mill.tell(["list", "restore", list]);
  await mill.receive("back", anna);
  await mill.finish();
  t.equal(sink.counts("Subject: post back").get("ben@box.test"), 1);
});

t.test("killed while it is taken away and brought back", slow, async (t) => {
  const { mill } = await made(t);
  const killed = async (args: string[], place: string) => {
    const { signal } = await mill.start(args, place).ended;
    t.equal(signal, "SIGKILL", place);
  };
  const history = await mill.tell(["member", "history", list]);
  for (const place of ["remove-aside", "remove-written", "remove-cleared"]) {
    await killed(["list", "remove", list], place);
    for (const verb of ["create", "restore"]) {
      const { code, log } = await mill.start(["list", verb, list]).ended;
      t.equal(code, 75, `${place} ${verb}`);
      t.match(log, /say it again first: listmill list remove dev@/);
    }
    await mill.tell(["list", "remove", list]);
    await mill.tell(["list", "restore", list]);
  }
  await mill.tell(["list", "remove", list]);
  await killed(["list", "restore", list], "restore-filled");
  const { code, log } = await mill.start(["list", "create", list]).ended;
  t.equal(code, 75);
  t.match(log, /say it again: listmill list restore dev@.*leave it aside/);
  t.match(await mill.tell(["list", "remove", list]), /not brought back/);
  await killed(["list", "restore", list], "restore-filled");
  await killed(["list", "restore", list], "restore-back");
  t.match(await mill.tell(["list", "restore", list]), /with 3 members/);
  t.same(readdirSync(join(mill.home, "lists", list)), ["list.toml"]);
  const now = await mill.tell(["member", "history", list]);
  t.ok(now.startsWith(history), "the history is that of before");
  t.same(
    now.slice(history.length).match(/ {2}\w+ {2}/g),
    Array.from({ length: 4 }, () => "  restored  "),
  );
});

t.test("lists that are members of a list", slow, async (t) => {
  const { mill, sink } = await made(t);
  const lists = ["u", "a", "b"].map((name) => `${name}@lists.example.org`);
  const [umbrella = "", a = "", b = ""] = lists;
  for (const name of lists) {
    await mill.tell(["list", "create", name]);
    settings(
      mill,
      name,
      `owners = ["${anna}"]\numbrella = ${name === umbrella}\n`,
    );
  }
  await mill.tell(["member", "add", umbrella, a, b]);
  await mill.tell(["member", "add", a, "a1@box.test", "a2@box.test"]);
  // A circle: what goes to b goes to the umbrella again.
  await mill.tell(["member", "add", b, "b1@box.test", umbrella]);
  let seen = 0;
  /** Carries what the lists sent to each other, as the MTA does, until no more comes. */
  const around = async () => {
    let log = await mill.finish();
    while (seen < sink.taken.length) {
      const {
        recipients = [],
        sender = "",
        text = "",
      } = sink.taken[seen++] ?? {};
      for (const to of recipients)
        if (lists.includes(to))
          t.equal(
            await bring(mill, to, text.replaceAll("\r\n", "\n"), sender),
            0,
          );
      log += await mill.finish();
    }
    return log;
  };
  t.equal(await bring(mill, umbrella, message("to-all")), 0);
  const log = await around();
  const all = ["a1@box.test", "a2@box.test", "b1@box.test"];
  for (const who of all) {
    const text = once(sink, who, "Subject: to-all");
    t.match(text, new RegExp(`^List-Id: <${who[0]}\\.lists`, "m"));
    t.match(text, /^X-BeenThere: u@lists\.example\.org\r$/m);
  }
  t.match(
    log,
    /rejected .*The message has been through u@\S+ already\. \(from=<b-bounces@\S+>, nobody is told: /,
    "the circle ends",
  );
  t.equal(await bring(mill, b, message("to-b")), 0);
  await around();
  for (const who of all) once(sink, who, "Subject: to-b");
  t.same(mill.left(), []);
});

t.test("owners get mail of people and of the mill", slow, async (t) => {
  const { mill, sink } = await made(t);
  const owner = "dev-owner@lists.example.org";
  settings(
    mill,
    list,
    `owners = ["${boss}", "boss@BOX.test", "${boss}", "${owner}"]\n`,
  );
  const told = async (subject: string, fields = "", sender = anna) => {
    await bring(mill, owner, fields + message(subject), sender);
    const { log } = await mill.start(["run", "--until-empty"]).ended;
    return log;
  };
  await told("please-help");
  t.equal(sink.counts("Subject: please-help").get(boss), 1, "once");
  const [sent] = sink.taken.filter(({ text }) => text.includes("please-help"));
  t.equal(sent?.sender, "dev-bounces@lists.example.org");
  const back = sink.taken.find(({ recipients }) => recipients.includes(owner));
  await bring(mill, owner, back?.text ?? "");
  t.match(await mill.finish(), /discarded .*through this address already/);
  for (const [subject, fields, sender] of [
    ["away", "Auto-Submitted: auto-replied\n"],
    ["bounce", "", ""],
    ["receipt", "Content-Type: multipart/report; boundary=x\n"],
  ] as const)
    t.match(
      await told(subject, fields, sender),
      /discarded by owner\/10-approve/,
      subject,
    );
  t.notMatch(
    await told(
      "abuse",
      "Content-Type: multipart/report; report-type=feedback-report; boundary=x\n",
    ),
    /discarded/,
  );
  await mill.tell(["suppress", "add", "@box.test"]);
  settings(
    mill,
    list,
    `owners = ["${boss}"]\nobserve = ["moderators/10-consume/10-ask"]\n`,
  );
  t.match(
    await told("lost"),
    /held by owner\/40-refine.*all owners of the list are suppressed/,
  );
  await mill.tell(["suppress", "remove", "@box.test"]);
  const [held = ""] = mill.entries("held");
  const entry = held.split(".").at(-1) ?? "";
  await mill.tell(["queue", "release", entry]);
  await mill.finish();
  once(sink, boss, "Subject: lost");
});
