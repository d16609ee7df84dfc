import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("a sentence of its own a recipient", async (t) => {
  const report = await read(
    letter({
      subject: "Delivery failure",
      lines: [
        "Message from yahoo.example.",
        "Unable to deliver message to the following address(es).",
        "",
        "<ann@yahoo.example>:",
        "This user doesn't have a yahoo.example account (ann@yahoo.example) [0]",
        "",
        "<bob@yahoo.example>:",
        "Sorry, your message cannot be delivered. This account has been disabled or discontinued [#102].",
        "",
        "--- Original message follows.",
      ],
    }),
  );
  t.same(shown(report), [
    "yahoo",
    "ann@yahoo.example permanent recipient no-such-user",
    "bob@yahoo.example permanent recipient disabled",
  ]);
});

t.test("what the other host said", async (t) => {
  const report = await read(
    letter({
      subject: "Failure Notice",
      lines: [
        "Sorry, we were unable to deliver your message to the following address.",
        "",
        "<ann@example.org>:",
        "552: 5.2.2 mailbox full",
        "",
        "--- Below this line is a copy of the message.",
      ],
    }),
  );
  t.same(shown(report), [
    "yahoo",
    "ann@example.org permanent recipient mailbox-full 5.2.2",
  ]);
});
