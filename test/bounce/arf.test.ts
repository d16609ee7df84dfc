import t from "tap";
import { read } from "./reports.ts";

function arf(fields: string[], returned: string[]): string {
  return [
    "From: fbl@provider.example",
    "To: abuse@lists.example.org",
    "Subject: complaint",
    "Content-Type: multipart/report; report-type=feedback-report; boundary=cut",
    "",
    "--cut",
    "",
    "This is an abuse report.",
    "--cut",
    "Content-Type: message/feedback-report",
    "",
    ...fields,
    "",
    "--cut",
    "Content-Type: message/rfc822",
    "",
    ...returned,
    "",
    "body",
    "--cut--",
    "",
  ].join("\n");
}

const post = [
  "Message-ID: <1@lists.example.org>",
  "To: list@lists.example.org",
];

t.test("a complaint names its reader", async (t) => {
  const found = await read(
    arf(
      [
        "Feedback-Type: Abuse",
        "Version: 1",
        "Original-Rcpt-To: <ann@provider.example>",
      ],
      post,
    ),
  );
  t.match(found, {
    kind: "complaint",
    feedback: "abuse",
    recipients: ["ann@provider.example"],
    returned: { messageId: "<1@lists.example.org>" },
  });
});

t.test("several readers, and other kinds", async (t) => {
  const found = await read(
    arf(
      [
        "Feedback-Type: opt-out",
        "Original-Rcpt-To: ann@provider.example",
        "Original-Rcpt-To: bob@provider.example",
      ],
      post,
    ),
  );
  t.match(found, {
    feedback: "opt-out",
    recipients: ["ann@provider.example", "bob@provider.example"],
  });
});

t.test("who is blacked out is looked for in the message", async (t) => {
  const found = await read(
    arf(
      ["Feedback-Type: auth-failure"],
      ["Delivered-To: ann@provider.example", ...post],
    ),
  );
  t.match(found, {
    feedback: "auth-failure",
    recipients: ["ann@provider.example"],
  });
});

t.test("Hotmail sends the message and no report", async (t) => {
  const found = await read(
    [
      "From: staff@hotmail.com",
      "Subject: complaint about message from 192.0.2.1",
      "Content-Type: multipart/mixed; boundary=cut",
      "",
      "--cut",
      "Content-Type: message/rfc822",
      "",
      "X-HmXmrOriginalRecipient: ann@hotmail.com",
      ...post,
      "",
      "--cut--",
    ].join("\n"),
  );
  t.match(found, { kind: "complaint", recipients: ["ann@hotmail.com"] });
});
