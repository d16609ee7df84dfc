import assert from "node:assert/strict";
import fc from "fast-check";
import t from "tap";
import {
  Header,
  looksLikeMessage,
  parseHeader,
} from "../../src/mail/header.ts";
import { anyString } from "../anyString.ts";

const parse = (text: string) => parseHeader(Buffer.from(text, "latin1"));

t.test("fields, folding and the blank line", (t) => {
  const text = "From: a@b\nSubject: one\n two\n\tthree\nTO :  c@d \n\nbody";
  const { header, bodyStart, complete } = parse(text);
  t.equal(text.slice(bodyStart), "body");
  t.equal(complete, true);
  t.same(header.names(), ["from", "subject", "to"]);
  t.equal(header.get("SUBJECT"), "one two\tthree");
  t.equal(header.get("to"), "c@d");
  t.equal(header.get("cc"), undefined);
  t.equal(header.bytes().toString(), text.slice(0, bodyStart - 1));
  t.end();
});

t.test(
  "a line that is no field ends the header, and belongs to the body",
  (t) => {
    for (const line of ["no field here", ": x", "a b: c", "\x80: d", "\0: d"]) {
      const { header, bodyStart, complete } = parse(`A: 1\n${line}\nB: 2\n`);
      t.same(header.names(), ["a"], JSON.stringify(line));
      t.equal(bodyStart, 5);
      t.equal(complete, true);
    }
    const { header, bodyStart } = parse(" leading blank\nA: 1\n");
    t.equal(looksLikeMessage(header), false);
    t.equal(bodyStart, 0);
    t.end();
  },
);

t.test("names as they are written, values unfolded", async (t) => {
  const { header } = parseHeader(
    Buffer.from("Message-ID : <1@x>\nX: a\n b\nx:\n\n"),
  );
  t.same(header.entries(), [
    ["Message-ID", "<1@x>"],
    ["X", "a b"],
    ["x", ""],
  ]);
});

t.test("mbox lines at the top are dropped, a From field is not", (t) => {
  const { header } = parse("From a@b Thu Jan  1\n>From c d\nFrom : x\n\n");
  t.same(header.names(), ["from"]);
  t.equal(header.get("from"), "x");
  t.end();
});

t.test("bytes that end within the header are not complete", (t) => {
  for (const text of ["", "A: 1", "A: 1\n", "A: 1\nB", "A: 1\n\r", "A: 1\n b"])
    t.equal(parse(text).complete, false, JSON.stringify(text));
  t.equal(parse("A: 1\r\n\r\n").complete, true);
  t.equal(parse("A: 1\nB: 2\n c").lastField, 5);
  t.end();
});

t.test("CRLF is kept, and new fields get it", (t) => {
  const { header } = parse("A: 1\r\nB: 2\r\n\r\n");
  t.equal(header.eol, "\r\n");
  t.equal(header.add("C", "3").bytes().toString(), "A: 1\r\nB: 2\r\nC: 3\r\n");
  t.end();
});

t.test("8-bit values: UTF-8, else Latin-1", (t) => {
  const { header } = parse("A: \xc3\xa9\nB: \xe9\nC: =?utf-8?q?=C3=A9?=\n\n");
  t.equal(header.get("a"), "é");
  t.equal(header.get("b"), "é");
  t.equal(header.text("c"), "é");
  t.equal(header.text("d"), "");
  t.end();
});

t.test(
  "editing leaves the other fields as they were, and the old header too",
  (t) => {
    const { header } = parse("A: 1\nb:2\nA: 3\nC:  x\n  y\n\n");
    t.equal(
      header.set("a", "new").bytes().toString(),
      "a: new\nb:2\nC:  x\n  y\n",
    );
    t.equal(
      header.set("d", "4").bytes().toString().endsWith("  y\nd: 4\n"),
      true,
    );
    t.equal(header.prepend("Z", "0").names()[0], "z");
    t.equal(header.remove("A", "c").bytes().toString(), "b:2\n");
    t.same(header.before("b").names(), ["a"]);
    t.same(header.before("nothing").names(), ["a", "b", "a", "c"]);
    t.same(header.all("a"), ["1", "3"]);
    t.equal(header.has("C"), true);
    t.equal(header.bytes().toString(), "A: 1\nb:2\nA: 3\nC:  x\n  y\n");
    t.throws(() => header.set("Bad Name", ""), /not a field name/);
    t.throws(() => header.add("X:\nY", ""), /not a field name/);
    t.end();
  },
);

t.test("a last field without a line end gets one before another field", (t) => {
  const { header } = parse("A: 1");
  t.equal(header.add("B", "2").bytes().toString(), "A: 1\nB: 2\n");
  t.end();
});

t.test("no value can add a line, and long ones are folded at blanks", (t) => {
  const text = anyString({ maxLength: 400 });
  const spaced = fc
    .array(fc.stringMatching(/^[ -~\t\r\n]{0,30}$/), { maxLength: 30 })
    .map((parts) => parts.join(" "));
  fc.assert(
    fc.property(fc.oneof(text, spaced), (value) => {
      const bytes = new Header().add("X-Test", value).add("Y", "end").bytes();
      const { header, complete } = parseHeader(
        Buffer.concat([bytes, Buffer.from("\n")]),
      );
      const clean = value
        .toWellFormed()
        .replace(/\r?\n(?=[ \t])/g, "")
        .replace(/[\r\n\0]/g, " ")
        .trim();
      return (
        complete &&
        header.names().join() === "x-test,y" &&
        header.get("X-Test") === clean &&
        bytes
          .toString()
          .split("\n")
          .every(
            (line) => line.length <= 78 || !/\S[ \t]+\S/.test(line.slice(8)),
          )
      );
    }),
  );
  t.end();
});

t.test("whatever the bytes, header and rest make up the whole", (t) => {
  const line = fc.constantFrom(
    "A: b",
    "Subject: x",
    " folded",
    "\tfolded",
    "",
    "From x",
    ">From y",
    "rubbish",
    "\r",
    "\0",
    "C :d",
    ":",
    "é: x",
    "Received: z",
  );
  const end = fc.constantFrom("\n", "\r\n", "\r", "");
  const texts = fc
    .array(fc.tuple(line, end), { maxLength: 20 })
    .map((lines) => Buffer.from(lines.flat().join("")));
  const noise = fc.uint8Array({ maxLength: 300 }).map((b) => Buffer.from(b));
  fc.assert(
    fc.property(fc.oneof(texts, noise), (bytes) => {
      const { header, bodyStart, complete } = parseHeader(bytes);
      const shown = bytes.toString("latin1");
      const written = header.bytes().toString("latin1");
      const cut = written.slice(0, -header.eol.length);
      const before = shown.slice(0, bodyStart);
      const between = before.includes(written)
        ? before.replace(written, () => "")
        : before.replace(cut, () => "");
      assert.match(between, /^(>?From [^\n]*\n)*(\r?\n)?$/);
      if (!complete)
        assert.ok(
          bodyStart === bytes.length || !shown.slice(bodyStart).includes("\n"),
        );
      header.text("subject");
    }),
  );
  t.end();
});

t.test("a hostile header takes no more than linear time", (t) => {
  const size = 256 * 1024;
  for (const text of [
    `A: ${"\r".repeat(size)}\n\n`,
    `A: ${" ".repeat(size)}x\n\n`,
    `A: ${"=?".repeat(size / 2)}\n\n`,
    `A: ${"=?a?q?".repeat(size / 6)}\n\n`,
    `A: ${"=?utf-8?q?a?= ".repeat(size / 14)}\n\n`,
    `A: b${"\n ".repeat(size / 2)}\n\n`,
    "a:\n".repeat(size / 3),
  ]) {
    const started = process.cpuUsage().user;
    const { header } = parse(text);
    header.set("B", header.text("A")).bytes();
    const took = (process.cpuUsage().user - started) / 1000;
    t.ok(took < 1500, `${JSON.stringify(text.slice(0, 12))}: ${took} ms`);
  }
  t.end();
});
