import t from "tap";
import { read, report, shown } from "./reports.ts";

const ann = "Final-Recipient: rfc822; ann@example.org";
const bob = "Final-Recipient: rfc822; bob@example.org";

t.test("recipients that failed, each with its own reason", async (t) => {
  const found = await read(
    report(
      [],
      [
        [
          ann,
          "Action: failed",
          "Status: 5.1.1",
          "Diagnostic-Code: smtp; 550 user unknown",
        ],
        [bob, "Action: failed", "Status: 4.4.7"],
        [
          "Final-Recipient: rfc822; cy@example.org",
          "Action: delayed",
          "Status: 4.4.1",
        ],
      ],
    ),
  );
  t.same(shown(found), [
    "rfc3464",
    "ann@example.org permanent recipient no-such-user 5.1.1",
    "bob@example.org temporary recipient expired 4.4.7",
  ]);
});

t.test("what did not fail is no bounce", async (t) => {
  const kinds: [string, string][] = [
    ["delayed", "delay"],
    ["delivered", "delivered"],
    ["relayed", "relayed"],
    ["expanded", "relayed"],
    ["deliverable", "delivered"],
  ];
  for (const [action, kind] of kinds) {
    const found = await read(report([], [[ann, `Action: ${action}`]]));
    t.equal(found.kind, kind, action);
  }
});

t.test("actions that are in no standard, and none at all", async (t) => {
  for (const action of ["undeliverable", "expired", "failure"])
    t.equal(
      (await read(report([], [[ann, `Action: ${action}`]]))).kind,
      "bounce",
    );
  t.equal((await read(report([], [[ann, "Status: 5.0.0"]]))).kind, "bounce");
  t.equal((await read(report([], [[ann, "Status: 2.0.0"]]))).kind, "relayed");
});

t.test("where the fields have no diagnosis the words have it", async (t) => {
  const found = await read(
    report(
      ["<ann@example.org>: host mx said: 552 mailbox full"],
      [[ann, "Action: failed", "Status: 5.0.0"]],
    ),
  );
  t.same(shown(found), [
    "rfc3464",
    "ann@example.org permanent recipient mailbox-full 5.0.0",
  ]);
});

t.test("the message that came back is told", async (t) => {
  const found = await read(
    report(
      [],
      [[ann, "Action: failed"]],
      "Return-Path: <l-bounces+ann=example.org@lists.example.org>\nMessage-ID: <1@x>\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\nTo: l@lists.example.org",
    ),
  );
  t.match(found, {
    returned: {
      messageId: "<1@x>",
      subject: "Grüße",
      addresses: [
        "l-bounces+ann=example.org@lists.example.org",
        "l@lists.example.org",
      ],
    },
  });
});

t.test("fields in a text, where the MIME is lost", async (t) => {
  const found = await read(
    [
      "From: MAILER-DAEMON@mx.example.net",
      "",
      "--cut",
      "Content-Type: message/delivery-status",
      "",
      ann,
      "Action: failed",
      "Status: 5.1.1",
      "",
    ].join("\n"),
  );
  t.same(shown(found), [
    "rfc3464",
    "ann@example.org permanent recipient no-such-user 5.1.1",
  ]);
});
