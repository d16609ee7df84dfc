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
