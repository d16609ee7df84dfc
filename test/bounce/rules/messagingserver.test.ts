import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("recipients and reasons have labels", async (t) => {
  const report = await read(
    letter({
      subject: "Delivery Notification: Delivery has failed",
      lines: [
        "This report relates to a message you sent with the following header fields:",
        "",
        "  Message-id: <1@example.net>",
        "  To: list@example.net",
        "",
        "Your message cannot be delivered to the following recipients:",
        "",
        "  Recipient address: ann@example.org",
        "  Reason: Remote SMTP server has rejected address",
        "  Diagnostic code: smtp; 550 5.1.1 unknown user",
        "",
        "  Recipient address: new@example.com",
        "  Original address: old@example.com",
        "  Reason: Illegal host/domain name found",
      ],
    }),
  );
  t.same(shown(report), [
    "messagingserver",
    "ann@example.org permanent recipient no-such-user 5.1.1",
    "old@example.com (new@example.com) permanent recipient unreachable",
  ]);
});
