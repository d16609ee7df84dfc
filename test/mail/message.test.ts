import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import t from "tap";
import { bytes, type Piece } from "../../src/base/pieces.ts";
import { parseHeader } from "../../src/mail/header.ts";
import { openMessage } from "../../src/mail/message.ts";
import { traceEnvelope } from "../../src/mail/trace.ts";

const LIMIT = 64 * 1024;
const open = (text: string, limit = LIMIT) =>
  openMessage([Buffer.from(text, "latin1")], limit);
const all = async (pieces: readonly Piece[]) =>
  (await bytes(pieces, 1e9)).toString("latin1");

t.test("header and body, and an edit of each", async (t) => {
  const message = await open("From x\nA: 1\n\nbody\n");
  t.equal(await all(message.body), "body\n");
  t.equal(await all(message.pieces()), "From x\nA: 1\n\nbody\n");
  const header = message.header.add("B", "2");
  t.equal(await all(message.with({ header }).pieces()), "A: 1\nB: 2\n\nbody\n");
  const body = [...message.body, Buffer.from("more\n")];
  t.equal(await all(message.with({ body }).pieces()), "A: 1\n\nbody\nmore\n");
  t.equal(await all(message.pieces()), "From x\nA: 1\n\nbody\n");
});

t.test("a missing blank line is put in when the message changes", async (t) => {
  const message = await open("A: 1\r\nno field\r\n");
  t.equal(message.eol, "\r\n");
  const changed = message.with({ header: message.header.set("A", "2") });
  t.equal(await all(changed.pieces()), "A: 2\r\n\r\nno field\r\n");
  const only = await open("A: 1");
  t.equal(only.headerTooLarge, false);
  t.equal(
    await all(only.with({ body: [Buffer.from("b")] }).pieces()),
    "A: 1\n\nb",
  );
});

t.test(
  "a header over the limit is told, and cut between two fields",
  async (t) => {
    const big = `A: 1\nB: ${"x\n ".repeat(30_000)}\nC: 3\n\nbody`;
    const message = await open(big);
    t.equal(message.headerTooLarge, true);
    t.same(message.header.names(), ["a"]);
    t.equal(await all(message.pieces()), big);
    t.equal(message.with({}).headerTooLarge, true);
    t.equal((await open(big, 1024 * 1024)).headerTooLarge, false);
    t.equal(
      (await open(`A: 1\n\n${"x".repeat(100_000)}`, 100)).headerTooLarge,
      false,
    );
  },
);

t.test("a body in a file stays there", async (t) => {
  const path = join(t.testdir(), "message");
  writeFileSync(path, `A: 1\n\n${"x".repeat(1e6)}`);
  const message = await openMessage([{ path, start: 0, end: 1e6 + 6 }], LIMIT);
  t.same(message.body, [{ path, start: 6, end: 1e6 + 6 }]);
  const [head, ...rest] = message
    .with({ header: message.header.add("B", "2") })
    .pieces();
  t.equal(Buffer.from(head as Uint8Array).toString(), "A: 1\nB: 2\n\n");
  t.same(rest, message.body);
});

t.test("any bytes come back as they were", async () => {
  const line = fc.constantFrom(
    "A: b",
    " c",
    "",
    "\r",
    "From x",
    "x",
    "\0",
    "é",
  );
  const text = fc
    .array(fc.tuple(line, fc.constantFrom("\n", "\r\n", "\r")), {
      maxLength: 12,
    })
    .map((lines) => lines.flat().join(""));
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.integer({ min: 1, max: 60 }),
      async (text, limit) => {
        const message = await open(text, limit);
        return (await all(message.pieces())) === text;
      },
    ),
  );
});

t.test("variables are one line, whatever the mail says", async (t) => {
  const message = await open(
    "From: =?utf-8?q?a=0Ab?= <Ann@X.org>, b@y\nSubject: =?utf-8?q?a=0D=0Ab=00c?=\n d\x1b[1m\nMessage-ID:\n <1@x>\n\n",
  );
  t.same(message.variables(), {
    FROM: "Ann@x.org",
    SUBJECT: "a b c d [1m",
    MESSAGE_ID: "<1@x>",
  });
  const empty = { FROM: "", SUBJECT: "", MESSAGE_ID: "" };
  t.same((await open("X: y\n\n")).variables(), empty);
  const long = await open(`Subject: ${"x".repeat(5000)}\n\n`);
  t.equal(long.variables().SUBJECT.length, 998);
});

t.test("the envelope is what stands above the first Received", (t) => {
  const trace = (text: string) =>
    traceEnvelope(parseHeader(Buffer.from(text)).header);
  t.same(
    trace(
      "Return-Path: <A@X.org>\nX-Original-To: o@y\nDelivered-To: L@Y.org\nReceived: r\n",
    ),
    { sender: "A@x.org", recipient: "L@y.org" },
  );
  t.same(trace("Return-Path: <>\nX-Original-To: o@y\nReceived: r\n"), {
    sender: "",
    recipient: "o@y",
  });
  t.same(
    trace(
      "Received: r\nReturn-Path: <a@x>\nDelivered-To: l@y\nEnvelope-To: m@y\n",
    ),
    { sender: undefined, recipient: undefined },
  );
  t.same(trace("Envelope-To: m@y\nReturn-path: a@x\n"), {
    sender: "a@x",
    recipient: "m@y",
  });
  t.same(
    trace(
      "Delivered-To: mailing list x\nDelivered-To: l@y\nX-Original-To: o@y\n",
    ),
    { sender: undefined, recipient: "o@y" },
  );
  t.same(trace("Return-Path: <a b@x>\n"), {
    sender: undefined,
    recipient: undefined,
  });
  t.end();
});
