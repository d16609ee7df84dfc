import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("the recipient, and what the other host did not like", async (t) => {
  const report = await read(
    letter({
      subject: "Mail delivery failed",
      from: "MAILER-DAEMON <>",
      lines: [
        "This is the DragonFly Mail Agent v0.13 at host.example.net.",
        "",
        "There was an error delivering your mail to <ann@example.org>.",
        "",
        "mx.example.org [192.0.2.1] did not like our final DATA:",
        "550-5.7.26 Unauthenticated email from example.net is not accepted due to domain's",
        "550 5.7.26 DMARC policy.",
        "",
        "Message headers follow.",
      ],
    }),
  );
  t.same(shown(report), [
    "dragonfly",
    "ann@example.org permanent message authentication 5.7.26",
  ]);
});
