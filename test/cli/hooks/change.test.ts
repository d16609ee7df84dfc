// What a hook changed, as it is shown.
import t from "tap";
import { changesOf } from "../../../src/cli/hooks/change.ts";
import { openMessage } from "../../../src/mail/message.ts";

const open = (text: string) => openMessage([Buffer.from(text)], 100_000);
const words = (changes: readonly { kind: string; line: string }[]) =>
  changes.map(({ kind, line }) => kind + line);

t.test("fields as one line each, lines of the body", async (t) => {
  const before = await open(
    "A: 1\nSubject: long\n and folded\nB: 2\n\none\ntwo\n",
  );
  const after = await open("A: 1\nSubject: other\nB: 2\nC: 3\n\none\n2\n");
  const { header, body, partly } = await changesOf(before, after);
  t.same(words(header), [
    "-Subject: long and folded",
    "+Subject: other",
    "+C: 3",
  ]);
  t.same(words(body), ["-two", "+2"]);
  t.equal(partly, false);
});

t.test("a body that lies where it lay is not read", async (t) => {
  const file = { path: "/nowhere", start: 0, end: 10_000_000 };
  const before = (await open("A: 1\n\n")).with({ body: [file] });
  const after = before.with({ header: before.header.set("A", "2") });
  const { header, body, partly } = await changesOf(before, after);
  t.same(words(header), ["-A: 1", "+A: 2"]);
  t.same([body, partly], [[], false]);
});

t.test("of large bodies the first part is compared", async (t) => {
  const long = "x".repeat(99);
  const text = `A: 1\n\n${`${long}\n`.repeat(30_000)}`;
  const { body, partly } = await changesOf(
    await open(text),
    await open(`${text.replace(long, "first")}last\n`),
  );
  t.ok(words(body).includes("+first"));
  t.notOk(words(body).includes("+last"));
  t.equal(partly, true);
});
