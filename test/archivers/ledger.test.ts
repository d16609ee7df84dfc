import { appendFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { known, Ledger, numbered } from "../../src/archivers/ledger.ts";

t.test("a post is noted once, by its number and who it is", async (t) => {
  const folder = join(t.testdir(), "numbers");
  const ledger = new Ledger(folder);
  t.notOk(ledger.has(numbered({ number: 1, identity: "A" })));
  await ledger.add(numbered({ number: 1, identity: "A" }));
  await ledger.add(numbered({ number: 1, identity: "A" }));
  await ledger.add(numbered({ number: 11, identity: "A" }));
  await ledger.add(numbered({ number: 1000, identity: "A" }));
  const again = new Ledger(folder);
  t.ok(again.has(numbered({ number: 1, identity: "A" })));
  t.ok(again.has(numbered({ number: 1000, identity: "A" })));
  t.notOk(
    again.has(numbered({ number: 1, identity: "B" })),
    "the list was made anew",
  );
  t.notOk(again.has(numbered({ number: 2, identity: "A" })));
  t.same(readdirSync(folder), ["0", "1"]);
});

t.test(
  "a line that was cut counts for nothing, and spoils no other",
  async (t) => {
    const folder = t.testdir({ 0: "1 A\n" });
    const ledger = new Ledger(folder);
    appendFileSync(join(folder, "0"), "2 AB");
    t.notOk(ledger.has(numbered({ number: 2, identity: "ABC" })));
    await ledger.add(numbered({ number: 2, identity: "ABC" }));
    t.ok(ledger.has(numbered({ number: 1, identity: "A" })));
    t.ok(ledger.has(numbered({ number: 2, identity: "ABC" })));
  },
);

t.test("a post by who it is, in one of many files", async (t) => {
  const folder = t.testdir();
  const ledger = new Ledger(folder);
  await ledger.add(known({ identity: "MFRA3ZYS" }));
  t.ok(ledger.has(known({ identity: "MFRA3ZYS" })));
  t.notOk(ledger.has(known({ identity: "MFRA3ZYX" })));
  t.same(readdirSync(folder), ["mf"]);
});
