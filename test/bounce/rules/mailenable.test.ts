import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("the recipient in brackets", async (t) => {
  const report = await read(
    letter({
      subject: "Message Delivery Failure",
      from: "Postmaster <postmaster@mx.example.org>",
      lines: [
        "MailEnable: Message could not be delivered to some recipients.",
        "The following recipient(s) could not be reached:",
        "",
        "\tRecipient: [SMTP:ann@example.org]",
        "\tReason: Remote SMTP Server Returned: 550 mailbox unavailable or not local.",
        "",
        "Message headers follow:",
      ],
    }),
  );
  t.same(shown(report), [
    "mailenable",
    "ann@example.org permanent recipient no-such-user",
  ]);
});
