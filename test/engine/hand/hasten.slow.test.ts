import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { hasten } from "../../../src/engine/hand/hasten.ts";
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

t.test("who is meant is due, and nothing else is changed", async (t) => {
  const dir = t.testdir();
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(spools, choices, async (wishes, choice) => {
      const spool = spoolIn(join(dir, String(runs++)));
      for (const wish of wishes) put(spool, wish);
      const before = see(spool);
      const isMeant = ({ queue, list, address }: Seen) =>
        queue === "outbound" &&
        choice.has(address) &&
        (choice.list ?? list) === list;
      const expected = before.waiting.map((seen) =>
        isMeant(seen) ? { ...seen, due: Math.min(seen.due, now) } : seen,
      );
      const done = await hasten(toolsFor(spool), choice, "outbound");
      const after = see(spool);
      t.same(after.wrong, []);
      t.same(bag(after.waiting), bag(expected));
      t.same(bag(after.failed), bag(before.failed), "still to be reported");
      const meant = before.waiting.filter(isMeant);
      t.match(done, {
        recipients: meant.length,
        busy: [],
        failed: 0,
      });
    }),
    { numRuns: 100 },
  );
});

t.test(
  "an entry in which only they wait is renamed, not divided",
  async (t) => {
    const spool = spoolIn(t.testdir());
    const later = { due: 600, attempt: 1, queue: "outbound" } as const;
    put(spool, {
      ...later,
      recipients: ["m0@a.example", "m1@b.example"],
      notes: [{ place: 2, kind: "never", reply: "550 no" }],
    });
    put(spool, { ...later, recipients: ["m0@a.example", "m1@b.example"] });
    const done = await hasten(
      toolsFor(spool),
      choiceOf("a.example"),
      "outbound",
    );
    t.match(done, { recipients: 2, entries: 2, divided: 1 });
    const { waiting } = see(spool);
    t.same(
      waiting.map(({ address, due }) => `${address} ${due - now}`).sort(),
      ["m0@a.example 0", "m0@a.example 0", "m1@b.example 600"],
    );
    const again = await hasten(
      toolsFor(spool),
      choiceOf("a.example"),
      "outbound",
    );
    t.match(again, { recipients: 2, entries: 2, divided: 0 }, "said again");
    t.equal(see(spool).failed.length, 1);
  },
);
