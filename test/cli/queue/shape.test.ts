// The shape of a queue: who waits, by domain, age and reason.
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t, { type Test } from "tap";
import {
  AGES,
  DOMAINS,
  hasShape,
  shapeOf,
} from "../../../src/cli/queue/shape.ts";
import queue from "../../../src/cli/queue.ts";
import { Spool } from "../../../src/spool/spool.ts";
import { makeHome, verb } from "../atHome.ts";
import { put } from "./entries.ts";

const clock = { now: () => Date.now() };
const spoolOf = (home: string) => new Spool(join(home, "spool"));
const count = (home: string, tell: (count: number) => void = () => {}) =>
  shapeOf(spoolOf(home), "outbound", clock, tell);

async function homeWith(t: Test) {
  const home = await makeHome(t);
  const run = (args: string[], json = false) =>
    verb(t, home, queue, args, json);
  return { home, run };
}

t.test("as people read it", async (t) => {
  const { home, run } = await homeWith(t);
  t.match(await run(["outbound"]), {
    code: 0,
    out: "nothing waits\n",
    err: "",
  });
  put(home, { recipients: ["a@x.example", "b@Y.example"], age: 3 });
  put(home, {
    recipients: [
      "a@x.example",
      "b@y.example",
      "c@bücher.example",
      "d@x.example",
    ],
    notes: [
      "sent\t1\t250 ok",
      "later\t2\t451 4.7.1 <b@y.example>: wait 300 seconds",
      "later\t3\t421 4.7.0 4F1A2B3C4D busy",
      "never\t4\t550 no",
    ],
    age: 15,
    due: 600,
    attempt: 1,
  });
  put(home, {
    recipients: ["d@y.example", "e@y.example"],
    notes: ["later\t1-2\t451 4.7.1 <d@y.example>: wait 25 seconds"],
    age: 2000,
    due: 600,
    attempt: 3,
  });
  put(home, { recipients: ["f@y.example"], age: 1, node: "mill.1.0mwwreval" });
  t.same((await run(["outbound"])).out.split("\n"), [
    "outbound: 7 recipients wait in 4 entries; by the age of the post, in minutes:",
    "",
    "domain                 recipients  5  10  20  40  80  160  320  640  1280  1280+",
    "y.example                       5  2   0   1   0   0    0    0    0     0      2",
    "x.example                       1  1   0   0   0   0    0    0    0     0      0",
    "xn--bcher-kva.example           1  0   0   1   0   0    0    0    0     0      0",
    "total                           7  3   0   2   0   0    0    0    0     0      2",
    "",
    "recipients  domain                 reason",
    "         3  y.example              451 4.7.1 …: wait … seconds",
    "         1  x.example              not tried yet",
    "         1  xn--bcher-kva.example  421 4.7.0 … busy",
    "         1  y.example              not tried yet",
    "         1  y.example              at work",
    "",
    "1 of them is at work on mill.1.0mwwreval",
    "",
  ]);
  t.match(JSON.parse((await run(["outbound"], true)).out), {
    queue: "outbound",
    entries: 4,
    recipients: 7,
    working: [{ node: "mill.1.0mwwreval", recipients: 1 }],
    domains: [
      { domain: "y.example", recipients: 5, ages: { 5: 2, 20: 1, "1280+": 2 } },
      { domain: "x.example", recipients: 1 },
      { domain: "xn--bcher-kva.example", recipients: 1 },
    ],
    reasons: [
      {
        domain: "y.example",
        reply: "451 4.7.1 …: wait … seconds",
        recipients: 3,
      },
    ],
  });
  const rows = JSON.parse((await run(["outbound", "--entries"], true)).out);
  t.same(
    rows.map((row: Record<string, unknown>) => [row.recipients, row.waiting]),
    [
      [2, 2],
      [4, 2],
      [2, 2],
      [1, 1],
    ],
  );
  t.match((await run(["outbound", "--entries"])).out, / {2}2 of 4\n/);
});

t.test("the rows of one are the counts of all", async (t) => {
  const dir = t.testdir();
  const entry = fc.record({
    recipients: fc.array(
      fc
        .tuple(fc.nat({ max: 30 }), fc.boolean())
        .map(([n, upper]) => `m@${upper ? "D" : "d"}${n}.example`),
      { minLength: 1, maxLength: 40 },
    ),
    // Time goes on meanwhile.
    age: fc.nat({ max: 3000 }).map((minutes) => minutes + 0.5),
    later: fc.nat({ max: 40 }),
    at: fc.constantFrom(undefined, "mill.1.0mwwreval", "mill.2.0mwwreval"),
  });
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(entry, { maxLength: 8 }), async (entries) => {
      const home = join(dir, String(runs++));
      spoolOf(home).make("outbound");
      const expected = new Map<string, number>();
      const add = (key: string, count = 1) =>
        expected.set(key, (expected.get(key) ?? 0) + count);
      for (const { recipients, age, later, at } of entries) {
        const notes =
          later > 0 ? [`later\t1-${later}\t45${later % 10} no`] : [];
        put(home, { recipients, age, notes, ...(at ? { node: at } : {}) });
        for (const [place, address] of recipients.entries()) {
          const domain = address.slice(2).toLowerCase();
          const bucket = AGES.filter((minutes) => minutes < age).length;
          add(`${domain} ${bucket}`);
          const unknown = at ? "at work" : "not tried yet";
          add(`${domain} ${place < later ? `45${later % 10} no` : unknown}`);
        }
        if (at) add(at, recipients.length);
      }
      const shape = await count(home);
      const found = new Map(shape.working);
      for (const { domain, ages, reasons, recipients } of shape.rows.values()) {
        for (const [bucket, count] of ages.entries())
          if (count > 0) found.set(`${domain} ${bucket}`, count);
        for (const [reason, count] of reasons)
          found.set(`${domain} ${reason}`, count);
        t.equal(
          ages.reduce((sum, count) => sum + count, 0),
          recipients,
        );
      }
      t.same([...found].sort(), [...expected].sort());
      t.equal(shape.entries, entries.length);
    }),
    { numRuns: 25 },
  );
});

t.test("more domains than are counted one by one", async (t) => {
  const { home, run } = await homeWith(t);
  const more = 5;
  const recipients = Array.from(
    { length: DOMAINS + more },
    (_, n) => `m@d${n}.example`,
  );
  put(home, { recipients: [...recipients, "n@d0.example"] });
  const shape = await count(home);
  t.equal(shape.rows.size, DOMAINS);
  t.match(shape.rest, { recipients: more });
  const { out } = await run(["outbound"]);
  t.match(out, /^d0\.example +2 +2 /m);
  t.match(out, new RegExp(`^others +${DOMAINS + more - 20} `, "m"));
  t.match(out, new RegExp(`^total +${DOMAINS + more + 1} `, "m"));
  t.match(out, /^domains are counted one by one up to 10000;/m);
  t.match(JSON.parse((await run(["outbound"], true)).out), {
    others: { recipients: more, ages: { 5: more } },
  });
});

t.test("more replies than are counted one by one", async (t) => {
  const home = t.testdir();
  spoolOf(home).make("outbound");
  const size = 25_000;
  // Letters alone, or they would be one.
  const word = (n: number) =>
    [...String(n)].map((digit) => "abcdefghij"[Number(digit)]).join("");
  put(home, {
    recipients: Array.from({ length: size }, () => "m@x.example"),
    notes: Array.from(
      { length: size },
      (_, n) => `later\t${n + 1}\t450 ${word(n)}`,
    ),
  });
  const shape = await count(home);
  const reasons = shape.rows.get("x.example")?.reasons ?? new Map();
  t.equal(reasons.size, 20_001);
  t.equal(reasons.get("other replies"), 5000);
});

t.test("what moves meanwhile is not counted twice", async (t) => {
  const { home } = await homeWith(t);
  put(home, { recipients: ["a@x.example"] });
  put(home, { recipients: ["b@x.example"] });
  const spool = spoolOf(home);
  const work = spool.claimed("outbound", "mill.1");
  mkdirSync(work);
  // The first is taken while it is counted, the second before.
  const shape = await count(home, () => {
    for (const file of readdirSync(spool.waiting("outbound")))
      renameSync(join(spool.waiting("outbound"), file), join(work, file));
  });
  t.match(shape, { entries: 2, recipients: 2, unread: [] });
});

t.test("what is committed counts, not what it came from", async (t) => {
  const { home } = await homeWith(t);
  const node = "mill.1";
  put(home, { recipients: ["a@x.example", "b@x.example"], node });
  put(home, { recipients: ["b@x.example"], node });
  const work = spoolOf(home).claimed("outbound", node);
  const [parent = "", child = ""] = readdirSync(work).sort();
  mkdirSync(join(work, parent, "out"));
  const published = join(work, parent, "out", `outbound.${child}`);
  renameSync(join(work, child), published);
  t.match(await count(home), { entries: 1, recipients: 1 });
  rmSync(published, { recursive: true });
  t.match(await count(home), { entries: 0, recipients: 0 });
});

t.test("what cannot be read is told, and the rest is counted", async (t) => {
  const { home, run } = await homeWith(t);
  const id = put(home, { recipients: ["a@x.example"], whole: true });
  put(home, { recipients: ["b@x.example"] });
  const folder = join(home, "spool/outbound/new");
  const [file = ""] = readdirSync(folder).filter((it) => it.includes(id));
  writeFileSync(join(folder, file, "recipients"), "");
  const { code, out, err } = await run(["outbound"]);
  t.equal(code, 0);
  t.match(out, /^outbound: 1 recipient waits in 1 entry;/);
  t.match(
    err,
    new RegExp(`outbound/${id}: .*shorter than the entry's portion`),
  );
});

t.test("a part of a list whose envelope broke is not the whole", async (t) => {
  const { home, run } = await homeWith(t);
  const recipients = ["a@x.example", "b@x.example", "c@x.example"];
  const id = put(home, { recipients, whole: true });
  const folder = join(home, "spool/outbound/new");
  const [file = ""] = readdirSync(folder);
  appendFileSync(join(folder, file, "recipients"), "d@x.example\n");
  const envelope = join(folder, file, "envelope.json");
  writeFileSync(envelope, "{");
  t.match(await run(["outbound"]), {
    out: /^outbound: 0 recipients wait in 0 entries$/m,
    err: new RegExp(`outbound/${id}: envelope\\.json: `),
  });
  t.match(JSON.parse((await run(["outbound", "--entries"], true)).out), [
    { recipients: 3, waiting: 3, error: /^envelope\.json: / },
  ]);
  t.match(await run(["show", id]), {
    out: /^recipients cannot be told: envelope\.json: /m,
  });
  t.match(await run(["show", id, "--why", "d@x.example"]), {
    code: 65,
    err: /envelope\.json: /,
  });
  t.match(JSON.parse((await run(["show", id], true)).out), {
    unread: /^envelope\.json: /,
    recipients: [],
  });
  writeFileSync(envelope, '{"sender":"","recipient":"","origin":"posts/1"}');
  t.match(await run(["show", id]), { out: /^recipients cannot be told: /m });
  t.match(await run(["drop", "--recipient", "d@x.example"]), {
    code: 75,
    err: /is for 3 of the 4 recipients in its file/,
  });
});

t.test("queues that have one", async (t) => {
  const { home, run } = await homeWith(t);
  const spool = spoolOf(home);
  t.ok(hasShape(spool, "outbound"));
  t.notOk(hasShape(spool, "posts"), "nothing is there");
  t.notOk(hasShape(spool, "nowhere"));
  for (const queue of ["held", "search"])
    put(home, { queue, recipients: ["a@x.example"] });
  t.ok(hasShape(spool, "search"), "of lists only");
  t.notOk(hasShape(spool, "held"), "each entry is a person's matter");
  t.match(
    (await run(["search"])).out,
    /^search: 1 recipient waits in 1 entry;/,
  );
  put(home, { queue: "search", recipients: [] });
  const [file = ""] = readdirSync(spool.waiting("search")).sort().slice(-1);
  rmSync(join(spool.waiting("search"), file, "recipients"));
  t.notOk(hasShape(spool, "search"));
  t.match((await run(["search"])).out, /^queue +entry/);
});
