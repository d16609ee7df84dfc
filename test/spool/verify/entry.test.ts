// One entry, whatever is written in its files: it is judged, never a reason to end.
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { laneOf, newId } from "../../../src/spool/name.ts";
import { accountOf } from "../../../src/spool/verify/account.ts";
import { lookAt } from "../../../src/spool/verify/entry.ts";
import { envelope, now } from "../fixtures/entries.ts";

const home = t.testdir();
const path = join(home, "entry");
mkdirSync(path);
const eye = { account: accountOf(home), listQueues: new Set(["outbound"]) };
const id = newId(now * 1000);

function look(files: Record<string, string>, size?: number) {
  for (const file of readdirSync(path)) writeFileSync(join(path, file), "");
  for (const [file, text] of Object.entries(files))
    writeFileSync(join(path, file), text);
  const lane = size === undefined ? {} : { lane: laneOf("l", id, size) };
  const name = { due: now, attempt: 0, id, ...lane };
  return lookAt(eye, { queue: "outbound", name, path }).troubles.map(
    ({ kind }) => kind,
  );
}

const whole = {
  message: "Subject: x\n\n",
  "envelope.json": JSON.stringify(envelope),
  recipients: "a@x.org\nb@x.org\n",
};

t.test("notes of a delivery", async (t) => {
  const noted = (progress: string) => look({ ...whole, progress }, 2);
  for (const progress of [
    "",
    "   ",
    "sent\t1-2\tok\n",
    "sent\t1,2\tok\n     ",
    "never\t2\t550 no\nsent\t1\tto",
    "done\tarchive/10-consume/10-store\nlater\t1\t\n",
    "sent\t1\tok\n\0\0\0",
  ])
    t.same(noted(progress), [], JSON.stringify(progress));
  for (const progress of [
    "sent\t3\tok\n",
    "sent\t0\tok\n",
    "sent\t1-9\tok\n",
    "sent\tx\tok\n",
    "sent\t1\n",
    "read\t1\tok\n",
    "\n",
  ])
    t.same(noted(progress), ["bad-progress"], JSON.stringify(progress));
});

t.test("lists", async (t) => {
  t.same(look(whole, 2), []);
  t.same(look(whole), []);
  t.same(look({ ...whole, recipients: "a@x.org\nb@x.org" }, 2), []);
  t.same(look(whole, 3), ["bad-recipients"]);
  t.same(look({ ...whole, recipients: "" }), ["bad-recipients"]);
  const cut = (start: number, end: number, count: number) => {
    const text = JSON.stringify({
      ...envelope,
      portion: { start, end, count },
    });
    return look({ ...whole, "envelope.json": text }, count);
  };
  t.same(cut(0, 8, 1), []);
  t.same(cut(8, 16, 1), []);
  t.same(cut(16, 16, 0), []);
  for (const [start, end, count] of [
    [0, 9, 1],
    [1, 8, 1],
    [0, 8, 2],
    [0, 17, 2],
  ] as const)
    t.same(cut(start, end, count), ["bad-recipients"], `${start} to ${end}`);
});

t.test("whatever an envelope says, it is judged", async (t) => {
  t.plan(0);
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 2 }),
    fc.constantFrom(null, [null], [{}], [{ file: "given", start: 0, end: 9 }]),
  );
  const keys = ["given", "portion", "history", "rest", "origin", "passed"];
  fc.assert(
    fc.property(fc.constantFrom(...keys), value, (key, it) => {
      const text = JSON.stringify({ ...envelope, [key]: it });
      look({ ...whole, "envelope.json": text });
    }),
  );
  fc.assert(
    fc.property(fc.string(), fc.string(), (text, progress) => {
      look({ ...whole, "envelope.json": text, progress });
    }),
  );
});
