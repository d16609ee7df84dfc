import fc from "fast-check";
import t from "tap";
import { readReport } from "../../src/bounce/read.ts";
import type { Report } from "../../src/bounce/report.ts";
import { canonical } from "../../src/mail/address.ts";
import { deliveryReport } from "../../src/mail/dsn.ts";
import { openMessage } from "../../src/mail/message.ts";
import { daemon, letter, read, report } from "./reports.ts";

const kinds = [
  "bounce",
  "complaint",
  "delay",
  "receipt",
  "delivered",
  "challenge",
  "vacation",
  "relayed",
  "unrecognised",
];

function checked(t: { fail(message: string): unknown }, found: Report): void {
  if (!kinds.includes(found.kind)) t.fail(found.kind);
  const { addresses } =
    "returned" in found ? found.returned : { addresses: [] };
  if (addresses.length > 50) t.fail("too many addresses");
  for (const failure of found.kind === "bounce" ? found.failures : []) {
    if (failure.text.length > 500 || /\p{Cc}/u.test(failure.text))
      t.fail(`text ${failure.text}`);
    if (!failure.recipient.includes("@")) t.fail(failure.recipient);
  }
}

t.test("any bytes are read as something", async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 3000 }), async (bytes) => {
      checked(t, await read(Buffer.from(bytes)));
    }),
    { numRuns: 200, seed: 1 },
  );
  t.pass();
});

/** Words and lines of which reports are made, in any order. */
const pieces = fc.array(
  fc.oneof(
    fc.constantFrom(
      "\n",
      "\n\n",
      "\r\n",
      " ",
      "--cut\n",
      "--cut--\n",
      "From: MAILER-DAEMON\n",
      "Content-Type: multipart/report; boundary=cut\n",
      "Content-Type: message/delivery-status\n",
      "Content-Type: message/feedback-report\n",
      "Content-Type: message/rfc822\n",
      "Content-Type: text/html\n",
      "Content-Transfer-Encoding: base64\n",
      "Final-Recipient: ",
      "Original-Recipient: utf-8; \\x{FFFFFF}",
      "Action: failed\n",
      "Status: 5.1.1\n",
      "Feedback-Type: abuse\n",
      "rfc822; ",
      "<ann@example.org>",
      "ann@example.org",
      "@",
      "550 5.1.1 user unknown\n",
      "--- Below this line is a copy of the message.\n",
      "Hi. This is the qmail-send program\n",
    ),
    fc.string({ maxLength: 20 }),
  ),
  { maxLength: 60 },
);

t.test("so are the words of reports in any order", async (t) => {
  await fc.assert(
    fc.asyncProperty(pieces, async (words) => {
      checked(t, await read(words.join("")));
    }),
    { numRuns: 500, seed: 2 },
  );
  t.pass();
});

const address = fc
  .tuple(
    fc.array(fc.constantFrom(..."abz09.!#$%&'*+-/=?^_`{|}~üñ🐈\\".split("")), {
      minLength: 1,
      maxLength: 12,
    }),
    fc.constantFrom("example.org", "a.b-c.example", "[192.0.2.1]"),
    fc.boolean(),
  )
  .map(([local, domain, quoted]) =>
    quoted
      ? `"${local.join("").replaceAll("\\", "")} x"@${domain}`
      : `${local.join("")}@${domain}`,
  )
  .filter((text) => canonical(text) === text);

const recipients = fc.uniqueArray(
  fc.record({
    address,
    action: fc.constant("failed" as const),
    status: fc.constantFrom("5.1.1", "4.4.7", "5.7.1", "4.2.2"),
    reply: fc.constantFrom("no such person", "it was refused", "a: b; c, <d>"),
  }),
  {
    minLength: 1,
    maxLength: 60,
    selector: (one) => one.address.toLowerCase(),
  },
);

t.test("our own reports are read back as they were meant", async (t) => {
  const original = await openMessage(
    [Buffer.from("Message-ID: <1@x>\nTo: l@example.org\n\nx")],
    1e5,
  );
  await fc.assert(
    fc.asyncProperty(recipients, async (recipients) => {
      const bytes = deliveryReport({
        reportingHost: "lists.example.org",
        from: "postmaster@lists.example.org",
        to: "ann@example.com",
        subject: "Your message could not be delivered",
        text: "It was not taken.",
        language: "en",
        recipients,
        original,
        date: new Date(0),
        id: "id1",
      });
      const found = await readReport(await openMessage([bytes], 1e5));
      if (found.kind !== "bounce") return t.fail(found.kind);
      t.same(
        found.failures.map(({ recipient, status, text, duration }) => ({
          recipient,
          status,
          text,
          duration,
        })),
        recipients.map(({ address, status, reply }) => ({
          recipient: address,
          status,
          text: reply,
          duration: status.startsWith("4") ? "temporary" : "permanent",
        })),
      );
      t.equal(found.returned.messageId, "<1@x>");
    }),
    { numRuns: 100, seed: 3 },
  );
});

t.test("a report in what came back is somebody else's", async (t) => {
  const inner = report(
    [],
    [["Final-Recipient: rfc822; eve@example.org", "Action: failed"]],
  ).replaceAll("cut", "inner");
  const outer = report(
    [],
    [["Final-Recipient: rfc822; ann@example.org", "Action: failed"]],
    inner,
  );
  const found = await read(outer);
  t.match(found, { failures: [{ recipient: "ann@example.org" }] });
  t.equal(found.kind === "bounce" && found.failures.length, 1);
});

t.test("a recipient is told once", async (t) => {
  const found = await read(
    letter({
      from: daemon,
      lines: ["<ann@example.org>: gone", "<ANN@example.org>: gone"],
    }),
  );
  t.equal(found.kind === "bounce" && found.failures.length, 1);
});
