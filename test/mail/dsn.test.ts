import { simpleParser } from "mailparser";
import t from "tap";
import { deliveryReport, named, type Report } from "../../src/mail/dsn.ts";
import { openMessage } from "../../src/mail/message.ts";
import { parseWithPython, pythonMissing } from "./python.ts";

async function report(original: string, change: Partial<Report> = {}) {
  return deliveryReport({
    reportingHost: "lists.example.org",
    from: "Mailer <postmaster@example.org>",
    to: "ann@example.com",
    subject: "Your message could not be delivered",
    text: "Your post was not taken: naïve.",
    language: "en",
    recipients: [
      {
        address: "l@example.org",
        action: "failed",
        status: "5.7.1",
        reply: "550 5.7.1 no\r\nX-Evil: 1\n\n--b",
      },
    ],
    original: await openMessage([Buffer.from(original, "latin1")], 1e6),
    date: new Date(0),
    id: "id1",
    ...change,
  });
}

t.test(
  "a report reads as RFC 3464 says",
  { skip: pythonMissing },
  async (t) => {
    const original = "Subject: \xc3\xa9\nMessage-ID: <1@x>\n\nsecret body";
    const message = await report(original);
    const [found] = parseWithPython([message]);
    t.equal(found?.type, "multipart/report");
    t.same(found?.defects, []);
    const [text, ...rest] = found?.parts ?? [];
    t.match(text?.text, "naïve");
    const copy = rest.at(-1);
    t.equal(copy?.type, "text/rfc822-headers");
    t.equal(copy?.text, "Subject: é\nMessage-ID: <1@x>\n");
    const whole = message.toString("latin1");
    t.notMatch(whole, "secret body");
    t.notMatch(whole, /^X-Evil/m);
    t.match(
      whole,
      "\nReporting-MTA: dns; lists.example.org\n\nFinal-Recipient: rfc822; l@example.org\nAction: failed\nStatus: 5.7.1\nDiagnostic-Code: smtp; 550 5.7.1 no",
    );
    t.match(whole, "\nIn-Reply-To: <1@x>\n");
    t.match(whole, "\nAuto-Submitted: auto-replied\n");
    const parsed = await simpleParser(message);
    t.match(parsed.text, "naïve");
  },
);

t.test(
  "addresses in UTF-8, odd codes, huge originals and many recipients",
  async (t) => {
    const recipients = Array.from({ length: 1000 }, (_, n) => ({
      address: `ü${n}@x.org`,
      action: "failed" as const,
      status: "550",
      reply: "ü",
    }));
    const header = `A: ${"x".repeat(40_000)}\nB: ${"y".repeat(40_000)}\n`;
    const message = await report(`${header}\n`, { recipients });
    const whole = message.toString("latin1");
    t.match(
      whole,
      "Final-Recipient: utf-8; \\x{FC}999@x.org\nAction: failed\nStatus: 5.0.0\nDiagnostic-Code: smtp; ?\n",
    );
    t.notMatch(whole, "\nB: y");
    t.ok(message.length < 400_000);
    const lines = named(recipients);
    t.equal(lines.length, 101);
    t.same(lines.slice(-2), ["  ü", "… (+950)"]);
  },
);

t.test(
  "a hostile original cannot break the report",
  { skip: pythonMissing },
  async (t) => {
    const message = await report(
      "Message-ID: <a b>\nX: \xe9\r--=_\0\n --x\n\n",
      { to: "a@b\nBcc: c@d", subject: "s\r\nBcc: e" },
    );
    const [found] = parseWithPython([message]);
    t.equal(found?.parts.at(-1)?.type, "text/rfc822-headers");
    t.notMatch(message.toString("latin1"), /^Bcc/m);
    t.notMatch(message.toString("latin1"), /^In-Reply-To/m);
    t.match(message.toString("latin1"), "charset=iso-8859-1");
  },
);
