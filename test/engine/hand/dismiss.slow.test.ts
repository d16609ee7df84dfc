import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { dismiss } from "../../../src/engine/hand/dismiss.ts";
import {
  bag,
  choiceOf,
  choices,
  now,
  put,
  type Seen,
  see,
  spoolIn,
  spools,
  toolsFor,
} from "./spools.ts";

t.test("who is meant does not wait any more, all others do", async (t) => {
  const dir = t.testdir();
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(spools, choices, async (wishes, choice) => {
      const spool = spoolIn(join(dir, String(runs++)));
      for (const wish of wishes) put(spool, wish);
      const before = see(spool);
      const isMeant = ({ list, address }: Seen) =>
        choice.has(address) && (choice.list ?? list) === list;
      const queues = ["outbound", "held"];
      const done = await dismiss(toolsFor(spool), choice, queues);
      const after = see(spool);
      t.same(after.wrong, []);
      t.same(
        bag(after.waiting),
        bag(before.waiting.filter((seen) => !isMeant(seen))),
      );
      t.same(bag(after.failed), bag(before.failed), "still to be reported");
      t.match(done, {
        recipients: before.waiting.filter(isMeant).length,
        busy: [],
        failed: 0,
      });
      t.match(await dismiss(toolsFor(spool), choice, queues), {
        recipients: 0,
        entries: 0,
        ended: 0,
      });
    }),
    { numRuns: 60 },
  );
});

t.test("it is noted in the entry, which keeps its time", async (t) => {
  const spool = spoolIn(t.testdir());
  const file = put(spool, {
    queue: "outbound",
    recipients: ["m0@a.example", "m1@b.example", "m2@a.example"],
    due: 600,
    attempt: 1,
  });
  const said: string[] = [];
  const log = (where: string, what: string) => said.push(`${where}: ${what}`);
  const tools = toolsFor(spool, { log });
  await dismiss(tools, choiceOf("a.example"), ["outbound"]);
  const entry = join(spool.waiting("outbound"), file);
  t.equal(
    readFileSync(join(entry, "progress"), "utf8"),
    "dropped\t1,3\tby a person\n",
  );
  t.match(JSON.parse(readFileSync(join(entry, "envelope.json"), "utf8")), {
    history: [
      {
        at: "2026-01-01T00:00:00.000Z",
        where: "operator",
        what: "dropped",
        reason: "2 of a.example",
      },
    ],
  });
  t.same(said, [`outbound/${file.split(".")[2]}: dropped 2 of a.example`]);
});

t.test(
  "without anybody left it ends, but not before failures are told",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const wish = {
      queue: "outbound",
      recipients: ["m0@a.example", "m1@b.example"],
      due: 600,
      attempt: 1,
    } as const;
    const sent = { place: 2, kind: "sent", reply: "250 ok" } as const;
    put(spool, { ...wish, notes: [sent] });
    put(spool, { ...wish, notes: [{ ...sent, kind: "never" }] });
    const done = await dismiss(toolsFor(spool), choiceOf("a.example"), [
      "outbound",
    ]);
    t.match(done, { recipients: 2, entries: 2, ended: 2 });
    const [left = "", ...more] = readdirSync(spool.waiting("outbound"));
    t.same(more, []);
    t.match(left, new RegExp(`^${now}\\.1\\.`), "a runner ends it now");
    t.match(see(spool), { waiting: [], failed: [{ address: "m1@b.example" }] });
  },
);

t.test("where no runner is, who failed keeps it there", async (t) => {
  const spool = spoolIn(t.testdir());
  put(spool, {
    queue: "held",
    recipients: ["m0@a.example", "m1@b.example"],
    notes: [{ place: 2, kind: "never", reply: "550 no" }],
  });
  const done = await dismiss(toolsFor(spool), choiceOf("a.example"), ["held"]);
  t.match(done, { recipients: 1, entries: 1, ended: 0 });
  t.equal(readdirSync(spool.waiting("held")).length, 1);
});

t.test("a list that is still to be cut can be cut afterwards", async (t) => {
  const spool = spoolIn(t.testdir());
  const recipients = Array.from({ length: 9 }, (_, n) => `m${n}@a.example`);
  put(spool, { queue: "outbound", recipients, around: [1, 1] });
  const choice = {
    has: (address: string) => address === "m4@a.example",
    words: () => "m4",
  };
  await dismiss(toolsFor(spool), choice, ["outbound"]);
  const [file = ""] = readdirSync(spool.waiting("outbound"));
  const entry = join(spool.waiting("outbound"), file);
  t.notOk(readdirSync(entry).includes("progress"), "or it was served whole");
  t.match(file, /-8$/);
  t.match(JSON.parse(readFileSync(join(entry, "envelope.json"), "utf8")), {
    portion: { start: 0, count: 8 },
    history: [{ what: "dropped", reason: "m4" }],
  });
});

t.test("one after the other is one event", async (t) => {
  const spool = spoolIn(t.testdir());
  const recipients = Array.from({ length: 25 }, (_, n) => `m@d${n}.example`);
  const file = put(spool, { queue: "held", recipients });
  const path = join(spool.waiting("held"), file, "envelope.json");
  const envelope = JSON.parse(readFileSync(path, "utf8"));
  const released = { at: "2026-01-01", where: "operator", what: "released" };
  writeFileSync(path, JSON.stringify({ ...envelope, history: [released] }));
  const tools = toolsFor(spool, { portion: 100 });
  for (let n = 0; n < 24; n += 1)
    await dismiss(tools, choiceOf(`d${n}.example`), ["held"]);
  t.match(JSON.parse(readFileSync(path, "utf8")).history, [
    released,
    { what: "dropped", reason: /^1 of d0\.example, 1 of d1\.example, .*d23/ },
  ]);
});
