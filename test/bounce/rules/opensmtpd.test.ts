import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("a line a recipient", async (t) => {
  const report = await read(
    letter({
      subject: "Delivery status notification: error",
      lines: [
        "    Hi!",
        "",
        "    This is the MAILER-DAEMON, please DO NOT REPLY to this e-mail.",
        "",
        "    An error has occurred while attempting to deliver a message for",
        "    the following list of recipients:",
        "",
        "ann@example.org: 550 5.1.1 User unknown",
        "bob@example.com: Domain does not exist",
        "",
        "    Below is a copy of the original message:",
        "",
        "Received: from mx",
      ],
    }),
  );
  t.same(shown(report), [
    "opensmtpd",
    "ann@example.org permanent recipient no-such-user 5.1.1",
    "bob@example.com permanent recipient unreachable",
  ]);
});
