import t from "tap";
import { letter, read, report, shown } from "./reports.ts";

const lines = ["<ann@example.org>: user unknown"];
const want = ["generic", "ann@example.org permanent recipient no-such-user"];

t.test("CR LF, CR alone, and blank lines at the top", async (t) => {
  const message = letter({ lines });
  for (const spoilt of [
    message,
    message.replaceAll("\n", "\r\n"),
    message.replaceAll("\n", "\r"),
    `\n\n${message}`,
    `From MAILER-DAEMON Mon Jan  1 00:00:00 2001\n${message}`,
  ])
    t.same(
      shown(await read(spoilt)),
      want,
      JSON.stringify(spoilt.slice(0, 20)),
    );
});

function attached(from: string): string {
  return [
    `From: ${from}`,
    "Subject: Delivery Status Notification",
    "Content-Type: multipart/mixed; boundary=outer",
    "",
    "--outer",
    "Content-Type: message/rfc822",
    "",
    report(
      [],
      [
        [
          "Final-Recipient: rfc822; ann@example.org",
          "Action: failed",
          "Status: 5.1.1",
        ],
      ],
    ),
    "--outer",
    "",
    "This e-mail is confidential.",
    "--outer--",
  ].join("\n");
}

t.test("a gateway that passes a report on is a mail system", async (t) => {
  t.match(await read(attached("postmaster@example.net")), {
    kind: "bounce",
    failures: [{ recipient: "ann@example.org" }],
  });
});

t.test("a person who passes one on is none", async (t) => {
  t.equal((await read(attached("bob@example.net"))).kind, "unrecognised");
});
