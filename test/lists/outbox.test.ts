// What waits in the state goes into the queue, once it can, and not before it is done.
import { readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { guardOf, tellOverdue, tellOwn } from "../../src/lists/outbox.ts";
import { rosterOf } from "../../src/lists/roster.ts";
import { eventSchema } from "../../src/lists/schema/event.ts";
import { stateOf } from "../../src/lists/state.ts";
import { readEnvelope } from "../../src/spool/envelope.ts";
import { dueOf } from "../../src/state/outbox.ts";
import { makeHome, news, waiting } from "../cli/atHome.ts";

const by = { by: "command", who: "root", cause: "command/1" } as const;

const events = (home: string) =>
  waiting(home, "events").map((entry) => {
    const text = readFileSync(join(entry, "message"), "utf8");
    const event = JSON.parse(text.slice(text.indexOf("\n\n")));
    return eventSchema.parse(event);
  });

const kinds = (home: string) => events(home).map(({ event }) => event);

async function left(home: string) {
  return (await (await stateOf(home)).outbox.since(1e15)).length;
}

/** One that somebody has written, and died. */
async function abandoned(
  home: string,
  told: Parameters<typeof dueOf>[1],
  list = news,
  age = 60_000,
) {
  const due = dueOf(list, told, Date.now() - age, by);
  await (await stateOf(home)).outbox.add(due);
  return due;
}

const made = (t: Test) => makeHome(t, { list: { owners: [] } });

t.test("what the roster does is told at once", async (t) => {
  const home = await made(t);
  await rosterOf(home).add(news, "anna@example.org", {}, by);
  const [event, ...more] = events(home);
  t.same(more, []);
  t.match(event, {
    event: "member.joined",
    list: news,
    cause: { id: by.cause },
  });
  const [entry = ""] = waiting(home, "events");
  t.match(readEnvelope(entry), {
    envelope: { list: news, extension: "events", origin: "operator" },
  });
  t.equal(await left(home), 0);
  await tellOwn(home);
  await tellOverdue(home);
  t.equal(events(home).length, 1);
});

t.test("without a spool it waits, and is told when there is one", async (t) => {
  const home = await made(t);
  renameSync(join(home, "spool"), join(home, "away"));
  const err = t.capture(process.stderr, "write", () => true);
  await rosterOf(home).add(news, "anna@example.org");
  err.restore();
  t.match(String(err()[0]?.args[0]), /events: some are told later: .*incoming/);
  t.equal(await left(home), 1);
  renameSync(join(home, "away"), join(home, "spool"));
  await tellOverdue(home);
  t.same(kinds(home), [], "whoever did it may be about to tell it");
});

t.test("a runner tells what others have left, with its id", async (t) => {
  const home = await made(t);
  const due = await abandoned(home, { event: "list.frozen", detail: {} });
  const gone = { event: "list.thawed", detail: {} };
  await abandoned(home, gone, "gone@lists.example.org");
  await tellOverdue(home);
  t.match(events(home), [
    { id: due.id, event: "list.frozen", at: new Date(due.at).toISOString() },
    { event: "list.thawed", list: "gone@lists.example.org" },
  ]);
  t.equal(await left(home), 0);
});

t.test("what is not done yet waits, and hides no other one", async (t) => {
  const home = await made(t);
  const file = `lists/${news}/list.toml`;
  const guard = guardOf(home, file);
  const ids: string[] = [];
  for (let n = 0; n < 25; n += 1) {
    const told = { event: "list.frozen", detail: {}, guard };
    ids.push((await abandoned(home, told)).id);
  }
  const thawed = { event: "list.thawed", detail: {} };
  await abandoned(home, thawed, news, 30_000);
  await tellOverdue(home);
  t.same(kinds(home), ["list.thawed"]);
  t.ok((await left(home)) > 0, "whoever does it may be at work");
  writeFileSync(join(home, file), "frozen = true\n");
  await tellOverdue(home);
  const frozen = events(home).filter(({ event }) => event === "list.frozen");
  t.same(frozen.map(({ id }) => id).sort(), ids.sort());
  t.equal(await left(home), 0);
  t.equal(guardOf(home, "lists/none/list.toml").before, "");
});

t.test("one looks for what others have left at a time", async (t) => {
  const home = await made(t);
  const first = tellOverdue(home);
  t.equal(tellOverdue(home), first);
  await first;
  t.not(tellOverdue(home), first);
});

t.test("what was not done within an hour is not told", async (t) => {
  const home = await made(t);
  const file = `lists/${news}/list.toml`;
  const guard = guardOf(home, file);
  const told = { event: "list.frozen", detail: {}, guard };
  await abandoned(home, told, news, 3_700_000);
  await tellOverdue(home);
  t.equal(await left(home), 0);
  writeFileSync(join(home, file), "frozen = true\n");
  await tellOverdue(home);
  t.same(kinds(home), []);
});

t.test("a list, or the site, does without some", async (t) => {
  const home = await makeHome(t, {
    settings: '[list]\nevents_without = ["list.thawed"]\n',
    list: { events_without: ["member.left"] },
  });
  const roster = rosterOf(home);
  await roster.add(news, "anna@example.org");
  await roster.remove(news, "anna@example.org");
  await abandoned(home, { event: "list.thawed", detail: {} });
  const gone = { event: "list.thawed", detail: {} };
  await abandoned(home, gone, "gone@lists.example.org");
  await tellOverdue(home);
  t.same(kinds(home), ["member.joined", "list.thawed"], "the list's own count");
  t.equal(await left(home), 0);
});

t.test("many members are one event", async (t) => {
  const home = await made(t);
  const lines = Array.from({ length: 2500 }, (_, n) => `m${n}@example.org`);
  await rosterOf(home).import(news, lines);
  const found = events(home);
  t.same(
    found.map(({ event, detail }) => [
      event,
      (detail as { joined: unknown[] }).joined.length,
    ]),
    [
      ["members.imported", 1000],
      ["members.imported", 1000],
      ["members.imported", 500],
    ],
  );
});
