import t from "tap";
import { daemon, letter, read, report } from "./reports.ts";

async function kind(message: Parameters<typeof letter>[0]): Promise<string> {
  return (await read(letter(message))).kind;
}

t.test("news of a delay", async (t) => {
  t.equal(
    await kind({
      subject: "Warning: message 1abc delayed 24 hours",
      lines: ["ann@example.org"],
    }),
    "delay",
  );
  t.equal(
    await kind({
      lines: [
        "THIS IS A WARNING MESSAGE ONLY.",
        "YOU DO NOT NEED TO RESEND YOUR MESSAGE.",
        "  ann@example.org",
      ],
    }),
    "delay",
  );
  t.equal(
    await kind({
      lines: [
        "<ann@example.org>: connection refused",
        "We will keep",
        "trying for 3 days.",
      ],
    }),
    "delay",
  );
});

t.test("a failure that only speaks of a warning is a failure", async (t) => {
  t.equal(
    await kind({
      subject: "Warning: ann@example.org - User unknown!",
      lines: ["<ann@example.org>: user unknown"],
    }),
    "bounce",
  );
});

t.test("news of success", async (t) => {
  t.equal(
    await kind({
      lines: [
        "Your message was successfully delivered to the destination(s)",
        "<ann@example.org>: 250 ok",
      ],
    }),
    "delivered",
  );
});

t.test("a receipt, whatever it says", async (t) => {
  const found = await read(
    [
      "From: ann@example.org",
      "Content-Type: multipart/report; report-type=disposition-notification; boundary=cut",
      "",
      "--cut",
      "",
      "Your message could not be delivered to <bob@example.org>.",
      "--cut",
      "Content-Type: message/disposition-notification",
      "",
      "Final-Recipient: rfc822; ann@example.org",
      "Disposition: manual-action/MDN-sent-manually; displayed",
      "",
      "--cut--",
    ].join("\n"),
  );
  t.equal(found.kind, "receipt");
});

t.test("a challenge, also with a report in it", async (t) => {
  const found = await read(
    report(
      [
        "Please add yourself to my Guest List so your messages will be delivered.",
      ],
      [
        [
          "Final-Recipient: rfc822; ann@example.org",
          "Action: failed",
          "Status: 4.7.0",
          "Diagnostic-Code: X-Boxbe-Notice; Sender not pre-approved.",
        ],
      ],
    ),
  );
  t.equal(found.kind, "challenge");
  t.equal(
    await kind({
      from: "ann@example.org",
      subject: "Re: Hello",
      lines: ["This account is protected by Bluebottle.  Please click"],
    }),
    "challenge",
  );
  t.equal(
    await kind({
      from: "ann@example.org",
      fields: ["Message-ID: <1.tmda-confirm>"],
      lines: ["x"],
    }),
    "challenge",
  );
  t.equal(
    await kind({
      lines: [
        "<ann@example.org>: 550 Your server requires confirmation. Visit",
        "    http://example.org/ to confirm.",
      ],
    }),
    "challenge",
  );
});

t.test("a refusal for a blocklist is no challenge", async (t) => {
  t.equal(
    await kind({
      lines: [
        "<ann@example.org>: 554 blocked using bl.example; visit http://bl.example/ to be removed",
      ],
    }),
    "bounce",
  );
});

t.test("absence notices", async (t) => {
  t.equal(
    await kind({
      from: "ann@example.org",
      subject: "Away until May",
      fields: ["Auto-Submitted: auto-replied"],
      lines: ["bob@example.org stands in for me"],
    }),
    "vacation",
  );
  t.equal(
    await kind({
      from: "ann@example.org",
      subject: "Automatic reply: Hello",
      lines: ["I am out"],
    }),
    "vacation",
  );
  t.equal(
    await kind({
      from: "ann@example.org",
      subject: "Re: Hello (Automatic Response)",
      lines: ["I am out"],
    }),
    "vacation",
  );
});

t.test("an absence notice with a word of reports in its subject", async (t) => {
  for (const fields of [
    [],
    ["Return-Path: <>"],
    ["Return-Path: <>", "X-Auto-Response-Suppress: All"],
  ])
    for (const subject of [
      "Undeliverable until Monday",
      "Delivery failed: I am away",
    ])
      t.equal(
        await kind({
          from: "Ann <ann@example.org>",
          subject,
          fields: ["Auto-Submitted: auto-replied", ...fields],
          lines: [
            "I am away; bob@example.org stands in for me.",
            "What could not be delivered waits.",
          ],
        }),
        "vacation",
        `${subject} ${fields}`,
      );
});

t.test("an automatic answer of a mail system is a bounce", async (t) => {
  const lines = ["bob@example.org: user unknown"];
  const auto = "Auto-Submitted: auto-replied";
  const subject = "Undeliverable: Hello";
  for (const message of [
    { from: daemon, fields: [auto] },
    { from: "postmaster@example.org", fields: [auto] },
    {
      from: "robot@example.org",
      fields: [auto, "Return-Path: <>", "X-Failed-Recipients: bob@example.org"],
    },
    {
      from: "robot@example.org",
      fields: ["Return-Path: <MAILER-DAEMON@example.org>", auto],
    },
  ])
    t.equal(
      await kind({ subject, lines, ...message }),
      "bounce",
      `${message.from} ${message.fields}`,
    );
});

t.test("a message that is held for a look at it has not failed", async (t) => {
  for (const from of ["postmaster@example.org", daemon])
    for (const message of [
      {
        subject: "Your message has been quarantined",
        lines: ["Your mail to bob@example.org could not be delivered yet."],
      },
      {
        subject: "Delivery Status Notification",
        lines: [
          "The message you sent to bob@example.org was placed in",
          "quarantine. An administrator will look at it.",
        ],
      },
      {
        subject: "Message held in quarantine: Hello",
        lines: ["To: bob@example.org"],
      },
    ])
      t.equal(await kind({ from, ...message }), "unrecognised", from);
  t.equal(
    await kind({
      subject: "Undeliverable",
      lines: ["<bob@example.org>: 550 5.7.1 your message was quarantined"],
    }),
    "bounce",
    "a reply by which it was refused",
  );
});

t.test("what a person writes is not recognised", async (t) => {
  for (const message of [
    {
      from: "ann@example.org",
      subject: "Re: your mail",
      lines: ["Please write to bob@example.org"],
    },
    {
      from: "ann@example.org",
      subject: "Fwd: Undelivered Mail Returned to Sender",
      lines: [
        "I got this:",
        "> Your message could not be delivered",
        "> <bob@example.org>: user unknown",
      ],
    },
    {
      from: "ann@example.org",
      subject: "bounces",
      lines: ["mail to bob@example.org could not be delivered, why?"],
    },
    {
      from: "tickets@example.org",
      subject: "New ticket",
      fields: ["Return-Path: <>"],
      lines: ["bob@example.org wrote"],
    },
  ])
    t.equal(await kind(message), "unrecognised", message.subject);
});

t.test(
  "a mail system that names nobody is a bounce all the same",
  async (t) => {
    t.match(
      await read(
        letter({ from: daemon, lines: ["<<< No Message Collected >>>"] }),
      ),
      { kind: "bounce", failures: [] },
    );
  },
);
