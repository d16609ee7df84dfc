import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { simpleParser } from "mailparser";
import t from "tap";
import { bytes } from "../../src/base/pieces.ts";
import {
  compose,
  composeParts,
  mailbox,
  messageId,
  multipart,
  newBoundary,
  rfc5322Date,
  textPart,
} from "../../src/mail/compose.ts";
import { Header } from "../../src/mail/header.ts";
import { parseWithPython, pythonMissing } from "./python.ts";

const date = new Date(Date.UTC(2025, 1, 3, 4, 5, 6));
const fields = {
  from: mailbox("list@x.org", "Jörg's List"),
  to: "a@b",
  subject: "Größe",
  date,
  messageId: messageId("id.1", "x.org"),
};

t.test("plain ASCII stays readable", (t) => {
  const message = compose({
    ...fields,
    from: mailbox("l@x", "A List"),
    subject: "Hi",
    text: "one\r\ntwo",
    autoSubmitted: "auto-generated",
    headers: { "X-Note": "é" },
  });
  t.equal(
    message.toString(),
    "From: A List <l@x>\nTo: a@b\nSubject: Hi\nDate: Mon, 03 Feb 2025 04:05:06 +0000\n" +
      "Message-ID: <id.1@x.org>\nX-Note: =?utf-8?b?w6k=?=\nAuto-Submitted: auto-generated\n" +
      "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 7bit\n\none\ntwo\n",
  );
  t.end();
});

t.test("any text comes back, in 7 bits and short lines", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.string({ unit: "grapheme", maxLength: 300 }),
      fc.oneof(
        fc.string({ unit: "grapheme", maxLength: 3000 }),
        fc.constant("x".repeat(2000)),
      ),
      async (subject, text) => {
        const message = compose({ ...fields, subject, text });
        const parsed = await simpleParser(message);
        const lines = message.toString("latin1").split("\n");
        const body = parsed.text ?? "";
        return (
          lines.every((line) => /^[\t -~]{0,990}$/.test(line)) &&
          body.trimEnd() ===
            text.replaceAll("\0", "").replace(/\r\n?/g, "\n").trimEnd()
        );
      },
    ),
    { numRuns: 50 },
  );
});

t.test("names and ids cannot break out", (t) => {
  t.equal(mailbox("a@b"), "a@b");
  t.equal(mailbox("a@b", 'X" <c@d>\nBcc: e'), '"X\\" <c@d> Bcc: e" <a@b>');
  t.equal(messageId("a>b\n..c.", "h o.st"), "<a-b-.c@h-o.st>");
  t.equal(rfc5322Date(date), "Mon, 03 Feb 2025 04:05:06 +0000");
  t.equal(newBoundary("x"), newBoundary("x"));
  t.not(newBoundary(), newBoundary());
  t.end();
});

t.test(
  "parts keep every byte, file ranges too",
  { skip: pythonMissing },
  async (t) => {
    const path = join(t.testdir(), "post");
    const posts = [
      "Subject: one\n\nbody",
      "Subject: two\r\n\r\nb\r\n",
      "Subject: 3\n\n\n\n",
    ];
    writeFileSync(path, posts.join(""));
    let start = 0;
    const header = new Header().add("Content-Type", "message/rfc822");
    const digest = multipart(
      "digest",
      posts.map((post) => {
        const end = start + post.length;
        const content = [{ path, start, end }];
        start = end;
        return { header, content };
      }),
      newBoundary("inner"),
    );
    const mixed = multipart(
      "mixed",
      [textPart("Contents"), digest],
      newBoundary("outer"),
      { charset: "x" },
    );
    const whole = await bytes(composeParts(fields, mixed), 1e6);
    for (const post of posts)
      t.ok(whole.includes(`message/rfc822\n\n${post}\n--`));
    const [found] = parseWithPython([whole]);
    t.same(found?.defects, []);
    t.equal(found?.subject, "Größe");
    t.same(
      found?.parts.map(({ text }) => text),
      ["Contents\n", "body", "b\r\n", "\n\n"],
    );
  },
);
