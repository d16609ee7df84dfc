import t from "tap";
import { letter, read, shown } from "./reports.ts";

function notification(record: unknown): string {
  return letter({
    from: "AWS Notifications <no-reply@sns.amazonaws.com>",
    subject: "AWS Notification Message",
    lines: [JSON.stringify(record), "", "--", "If you wish to stop {…}"],
  });
}

t.test("a bounce", async (t) => {
  const found = await read(
    notification({
      notificationType: "Bounce",
      bounce: {
        bounceType: "Permanent",
        bouncedRecipients: [
          {
            emailAddress: "ann@example.org",
            status: "5.1.1",
            diagnosticCode: "smtp; 550 5.1.1 user unknown",
          },
        ],
      },
    }),
  );
  t.same(shown(found), [
    "amazonses",
    "ann@example.org permanent recipient no-such-user 5.1.1",
  ]);
});

t.test("a complaint, and a delivery", async (t) => {
  const complaint = await read(
    notification({
      notificationType: "Complaint",
      complaint: {
        complainedRecipients: [{ emailAddress: "ann@example.org" }],
      },
    }),
  );
  t.match(complaint, {
    kind: "complaint",
    feedback: "abuse",
    recipients: ["ann@example.org"],
  });
  const delivery = await read(notification({ notificationType: "Delivery" }));
  t.equal(delivery.kind, "delivered");
});

t.test("what is no such record is nothing", async (t) => {
  for (const lines of [
    ['{"'],
    ['{"a":1}'],
    ['{"notificationType":[]}'],
    ['{"bounce":'.repeat(9999)],
  ])
    t.equal(
      (await read(letter({ from: "a@sns.amazonaws.com", lines }))).kind,
      "unrecognised",
    );
});
