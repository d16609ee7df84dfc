/** envelope.ts, and lineends.ts: what an entry's two files may hold. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import {
  type Envelope,
  formatEnvelope,
  readEnvelope,
  withEvent,
} from "../../src/spool/envelope.ts";
import { hasCrlf, withoutCrlf } from "../../src/spool/lineends.ts";
import { envelope } from "./fixtures/entries.ts";

const event = { at: "2026-01-01T00:00:00.000Z", where: "posts" } as const;

t.test("an envelope is read back as it was written", async (t) => {
  const dir = t.testdir();
  const full: Envelope = {
    ...envelope,
    sender: "",
    list: "list@example.net",
    extension: "request",
    passed: ["10-approve"],
    rest: { queue: "posts", stage: "10-approve" },
    history: [{ ...event, what: "held", reason: "grüße" }],
  };
  writeFileSync(join(dir, "envelope.json"), formatEnvelope(full));
  t.same(readEnvelope(dir), { kind: "envelope", envelope: full });
});

t.test(
  "a missing envelope is no broken one, and a broken one says why",
  async (t) => {
    const dir = t.testdir();
    t.same(readEnvelope(dir), { kind: "missing" });
    for (const text of [
      "",
      "{",
      "null",
      "5",
      "[]",
      "{}",
      '{"sender": 1, "recipient": "", "origin": ""}',
      '{"sender": "", "recipient": ""}',
      formatEnvelope(envelope).slice(0, 40),
    ]) {
      writeFileSync(join(dir, "envelope.json"), text);
      const read = readEnvelope(dir);
      t.equal(read.kind, "broken", text);
      t.match(read, { reason: /^envelope\.json: ./ });
    }
  },
);

t.test("an envelope that a person wrote needs no history", async (t) => {
  const dir = t.testdir({
    "envelope.json":
      '{"sender":"","recipient":"a@example.org","origin":"operator"}',
  });
  t.match(readEnvelope(dir), { envelope: { received: "", history: [] } });
});

t.test("the history keeps the last twenty, each on one line", async (t) => {
  let grown = envelope;
  for (let n = 1; n <= 30; n++)
    grown = withEvent(grown, { ...event, what: "later", reason: `${n}\r\n!` });
  t.equal(grown.history.length, 20);
  t.equal(grown.history[0]?.reason, "11 !");
  t.equal(grown.history.at(-1)?.reason, "30 !");
  t.same(envelope.history, [], "the given one is as it was");
  t.notOk(
    "reason" in
      (withEvent(envelope, { ...event, what: "held" }).history[0] ?? {}),
  );
});

t.test(
  "each CRLF becomes LF, whatever the chunks, and a bare CR stays",
  async () => {
    const part = fc.constantFrom("\r", "\n", "\r\n", "a", "");
    const chunk = fc.array(part).map((parts) => parts.join(""));
    await fc.assert(
      fc.asyncProperty(fc.array(chunk), async (chunks) => {
        async function* source() {
          for (const chunk of chunks) yield Buffer.from(chunk);
        }
        const got = await Array.fromAsync(withoutCrlf(source()));
        return (
          Buffer.concat(got).toString() ===
          chunks.join("").replaceAll("\r\n", "\n")
        );
      }),
      { numRuns: 500 },
    );
  },
);

t.test("the first line tells which line ends a message has", async (t) => {
  const dir = t.testdir();
  const path = join(dir, "message");
  for (const [text, is] of [
    ["", false],
    ["\n", false],
    ["\r\n", true],
    ["A: b\r\nC: d\n", true],
    ["A: b\nC: d\r\n", false],
    ["A: b", false],
    [`A: ${"b".repeat(10_000)}\r\n`, false],
  ] as const) {
    writeFileSync(path, text);
    t.equal(hasCrlf(path), is, JSON.stringify(text.slice(0, 20)));
  }
});
