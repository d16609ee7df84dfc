import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { standings, waitingCount, waitingOf } from "../../src/engine/ledger.ts";
import { formatNotes, type Note } from "../../src/engine/notes.ts";
import { Serving } from "../../src/engine/serving.ts";
import { Progress } from "../../src/spool/progress.ts";

const folder = t.testdir();
let entries = 0;

function entryWith(files: Record<string, string>): string {
  const entry = join(folder, String(entries++));
  mkdirSync(entry);
  for (const [name, text] of Object.entries(files))
    writeFileSync(join(entry, name), text);
  return entry;
}

t.test("the last that is noted of each recipient", async (t) => {
  const entry = entryWith({
    recipients: "a@x\nb@x\nc@x\nd@x\n",
    progress: [
      "later\t1-3\t451 wait",
      "done\toutbound/20-consume/10-count",
      "sent\t2\t250 ok",
      "never\t3\t550 no",
      "sent\t9\t250 nobody's",
      "later\t1\t452 full",
      "sent\t4\t250 torn        ",
    ].join("\n"),
  });
  t.same(standings(entry), [
    { address: "a@x", kind: "later", reply: "452 full" },
    { address: "b@x", kind: "sent", reply: "250 ok" },
    { address: "c@x", kind: "never", reply: "550 no" },
    { address: "d@x" },
  ]);
});

t.test("places count in the entry's portion", async (t) => {
  const entry = entryWith({
    recipients: "a@x\nb@x\nc@x\nd@x\n",
    progress: "sent\t1,3\t250 ok\n",
  });
  t.same(standings(entry, { start: 4, end: 12, count: 2 }), [
    { address: "b@x", kind: "sent", reply: "250 ok" },
    { address: "c@x" },
  ]);
});

t.test("whatever is noted in whatever order", async (t) => {
  const note = fc.record({
    place: fc.integer({ min: 1, max: 9 }),
    kind: fc.constantFrom("sent", "later", "never", "dropped"),
    reply: fc.constantFrom("250", "451", "550"),
  }) as fc.Arbitrary<Note>;
  const count = fc.integer({ min: 0, max: 9 });
  fc.assert(
    fc.property(
      count,
      fc.array(note),
      fc.nat({ max: 50 }),
      (size, notes, room) => {
        const addresses = Array.from({ length: size }, (_, n) => `m${n}@x`);
        const entry = entryWith({
          recipients: addresses.join("\n"),
          progress:
            notes.map((each) => `${formatNotes([each])}\n`).join("") +
            " ".repeat(room),
        });
        t.same(
          standings(entry),
          addresses.map((address, at) => {
            const own = notes.filter(({ place }) => place === at + 1);
            // Who is done with is so for good.
            const last = own.find(({ kind }) => kind !== "later") ?? own.at(-1);
            return last
              ? { address, kind: last.kind, reply: last.reply }
              : { address };
          }),
        );
      },
    ),
  );
});

t.test("nothing is known of what is not there", async (t) => {
  t.same(standings(entryWith({ recipients: "a@x\n" })), [{ address: "a@x" }]);
  t.same(standings(entryWith({ progress: "sent\t1\tok\n" })), []);
  t.same(standings(join(folder, "taken")), []);
});

const kinds = ["sent", "later", "never", "dropped"] as const;

const note = fc.record({
  place: fc.integer({ min: 1, max: 12 }),
  kind: fc.constantFrom(...kinds),
  reply: fc.constantFrom("250 ok", "451 no", "by a person"),
});

function runnersView(path: string): string[] {
  const claim = {
    queue: "outbound",
    name: { due: 0, attempt: 0, id: "" },
    path,
  };
  const reins = { signal: new AbortController().signal, holds: () => true };
  const progress = new Progress(claim);
  const serving = new Serving(claim, undefined, progress, reins);
  serving.begin(progress.lines());
  return serving.left();
}

t.test("those who wait are those whom a runner would serve", (t) => {
  const entry = t.testdir();
  const address = fc.integer({ min: 1, max: 9 }).map((n) => `m${n}@x.org`);
  const before = fc.constantFrom("", "done\t50-emit/1\n", "nonsense\n");
  fc.assert(
    fc.property(
      fc.array(address, { minLength: 1, maxLength: 12 }),
      fc.array(note, { maxLength: 12 }),
      before,
      (addresses, notes, before) => {
        const list = addresses.map((address) => `${address}\n`).join("");
        writeFileSync(join(entry, "recipients"), list);
        // One by one: the order counts.
        const lines = notes.flatMap((note) => formatNotes([note]));
        const text = lines.map((line) => `${line}\n`).join("");
        writeFileSync(join(entry, "progress"), before + text);
        const waiting = [...waitingOf(entry)].flat();
        t.same(
          [...new Set(waiting.map(({ address }) => address))],
          runnersView(entry),
        );
        for (const { kind } of waiting) t.ok(!kind || kind === "later");
        const final = new Set(
          notes
            .filter(
              ({ kind, place }) =>
                kind !== "later" && place <= addresses.length,
            )
            .map(({ place }) => place),
        );
        t.equal(
          waitingCount(entry, addresses.length),
          addresses.length - final.size,
        );
        const all = standings(entry);
        t.same(
          all.map(({ address }) => address),
          addresses,
        );
        for (const place of final) t.not(all[place - 1]?.kind, "later");
      },
    ),
    { numRuns: 200 },
  );
  t.end();
});

t.test("the last reply to those who wait", (t) => {
  const notes: Note[] = [
    { place: 1, kind: "later", reply: "451 first" },
    { place: 1, kind: "later", reply: "451 second" },
    { place: 2, kind: "sent", reply: "250 ok" },
  ];
  const lines = notes.flatMap((note) => formatNotes([note])).join("\n");
  const entry = t.testdir({
    recipients: "a@x.org\nb@x.org\nc@x.org\n",
    progress: `${lines}\nlater\t3\ttorn`,
  });
  t.same(
    [...waitingOf(entry)],
    [
      [
        { address: "a@x.org", kind: "later", reply: "451 second" },
        { address: "c@x.org" },
      ],
    ],
  );
  t.end();
});
