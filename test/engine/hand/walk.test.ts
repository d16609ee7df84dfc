// What is in the way of a person's hand: runners at work, dead ones, entries that are broken.
import {
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t from "tap";
import { dismiss } from "../../../src/engine/hand/dismiss.ts";
import { hasten } from "../../../src/engine/hand/hasten.ts";
import { Fenced } from "../../../src/spool/claim.ts";
import type { Spool } from "../../../src/spool/spool.ts";
import { choiceOf, now, put, see, spoolIn, toolsFor } from "./spools.ts";

const choice = choiceOf("a.example");
const queues = ["outbound", "held"];
const wish = {
  queue: "outbound",
  recipients: ["m0@a.example", "m1@b.example"],
  due: 600,
  attempt: 1,
} as const;

function served(spool: Spool): string[] {
  const waiting = see(spool).waiting.map(
    ({ address, due }) => `${address} ${due - now}`,
  );
  return waiting.sort();
}

t.test("what a runner has at work is told, and left alone", async (t) => {
  const spool = spoolIn(t.testdir());
  const work = spool.claimed("outbound", "runner.1");
  const file = put(spool, wish, work);
  put(spool, { ...wish, recipients: ["m1@b.example"] }, work);
  put(spool, { ...wish, recipients: ["m2@a.example"] });
  const id = file.split(".")[2];
  const busy = [
    { queue: "outbound", entry: id, node: "runner.1", recipients: 1 },
  ];
  const tools = toolsFor(spool);
  t.match(await hasten(tools, choice, "outbound"), { recipients: 1, busy });
  t.match(await dismiss(tools, choice, queues), { recipients: 1, busy });
  t.equal(readdirSync(work).length, 2);
  t.same(served(spool), []);
});

t.test("what comes back from a runner meanwhile is met", async (t) => {
  const spool = spoolIn(t.testdir());
  const work = spool.claimed("outbound", "runner.1");
  const file = put(spool, wish, work);
  put(spool, { ...wish, recipients: ["m1@b.example"] });
  const tell = () => {
    if (readdirSync(work).length === 0) return;
    renameSync(join(work, file), join(spool.waiting("outbound"), file));
  };
  const done = await dismiss(toolsFor(spool, { tell }), choice, queues);
  t.match(done, { recipients: 1, busy: [] });
  t.same(served(spool), ["m1@b.example 600", "m1@b.example 600"]);
});

t.test("what a runner took before us, and put back, is met", async (t) => {
  const spool = spoolIn(t.testdir());
  const work = spool.claimed("outbound", "runner.1");
  mkdirSync(work);
  const file = put(spool, wish);
  const moves = [
    [spool.waiting("outbound"), work],
    [work, spool.waiting("outbound")],
  ];
  const tell = () => {
    const [from = "", to = ""] = moves.shift() ?? [];
    if (to !== "") renameSync(join(from, file), join(to, file));
  };
  const done = await dismiss(toolsFor(spool, { tell }), choice, queues);
  t.match(done, { recipients: 1, busy: [], stopped: false });
  t.same(served(spool), ["m1@b.example 600"]);
});

t.test("a person may end it between two entries", async (t) => {
  const spool = spoolIn(t.testdir());
  for (let n = 0; n < 20; n += 1) put(spool, wish);
  const ending = new AbortController();
  const { signal } = ending;
  const tools = toolsFor(spool, { signal, tell: () => ending.abort() });
  t.match(await dismiss(tools, choice, queues), {
    recipients: 8,
    failed: 0,
    stopped: true,
  });
  t.match(await dismiss(toolsFor(spool), choice, queues), {
    recipients: 12,
    stopped: false,
  });
});

/** An entry that a runner had committed when it died, in the queue again. */
function committed(spool: Spool): string {
  const parent = put(spool, wish);
  const path = join(spool.waiting("outbound"), parent);
  const out = join(path, "out");
  for (const recipient of wish.recipients) {
    const child = put(spool, { ...wish, recipients: [recipient] }, out);
    renameSync(join(out, child), join(out, `outbound.${child}`));
  }
  return path;
}

t.test(
  "what a dead runner had committed counts, not what it came from",
  async (t) => {
    const dir = t.testdir();
    const one = spoolIn(join(dir, "one"));
    committed(one);
    t.match(await hasten(toolsFor(one), choice, "outbound"), {
      recipients: 1,
      divided: 0,
    });
    t.same(served(one), ["m0@a.example 0", "m1@b.example 600"]);
    const other = spoolIn(join(dir, "other"));
    committed(other);
    t.match(await dismiss(toolsFor(other), choice, queues), {
      recipients: 1,
      ended: 1,
    });
    t.same(served(other), ["m1@b.example 600"]);
  },
);

t.test("while it is being published by a runner, it is at work", async (t) => {
  const spool = spoolIn(t.testdir());
  const path = committed(spool);
  const work = spool.claimed("outbound", "runner.1");
  mkdirSync(work);
  renameSync(path, join(work, path.split("/").at(-1) ?? ""));
  t.match(await dismiss(toolsFor(spool), choice, queues), {
    recipients: 0,
    busy: [{ node: "runner.1", recipients: 1 }],
  });
});

t.test("what is broken is told, and the others are gone on with", async (t) => {
  const spool = spoolIn(t.testdir());
  const at = (file: string) => join(spool.waiting("outbound"), file);
  const broken = put(spool, wish);
  writeFileSync(join(at(broken), "envelope.json"), "{");
  const short = put(spool, { ...wish, around: [0, 0] });
  writeFileSync(join(at(short), "recipients"), "m0@a.example\n");
  const strange = put(spool, wish);
  rmSync(join(at(strange), "message"));
  const whole = put(spool, wish);
  const said: string[] = [];
  const log = (where: string, what: string) => said.push(`${where}: ${what}`);
  const done = await dismiss(toolsFor(spool, { log }), choice, queues);
  t.match(done, { recipients: 1, failed: 3 });
  // In the order in which they were made.
  t.match(said.sort(), [
    new RegExp(`${broken.split(".")[2]}: left alone: its envelope cannot`),
    /left alone: .*shorter than the entry's portion/,
    /left alone: it is broken/,
    new RegExp(`${whole.split(".")[2]}: dropped 1 of a.example`),
  ]);
  t.same(
    readdirSync(spool.waiting("outbound")).sort(),
    [broken, short, strange, whole].sort(),
    "all where they were",
  );
});

t.test("a node that may be lost does nothing that others see", async (t) => {
  const dir = t.testdir();
  const acts: ((spool: Spool) => Promise<unknown>)[] = [
    (spool: Spool) => dismiss(lost(spool), choice, queues),
    (spool: Spool) => hasten(lost(spool), choice, "outbound"),
  ];
  const uncut = {
    ...wish,
    recipients: [..."abcde"].map((it) => `${it}@x.org`),
  };
  for (const [at, act] of acts.entries())
    for (const entry of [
      wish,
      {
        ...uncut,
        recipients: ["m0@a.example", ...uncut.recipients],
        around: [0, 0] as const,
      },
    ]) {
      const spool = spoolIn(join(dir, `${at}.${entry.recipients.length}`));
      const file = put(spool, entry);
      await t.rejects(act(spool), Fenced);
      // Another node takes it over.
      const held = join(spool.claimed("outbound", "hand"), file);
      rmSync(join(held, "work"), { recursive: true, force: true });
      rmSync(join(held, "out.tmp.hand"), { recursive: true, force: true });
      renameSync(held, join(spool.waiting("outbound"), file));
      t.same(
        served(spool),
        entry.recipients.map((address) => `${address} 600`).sort(),
      );
    }
});

function lost(spool: Spool) {
  const tools = toolsFor(spool);
  return { ...tools, node: { ...tools.node, holds: () => false } };
}
