import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("the reason stands above the recipient", async (t) => {
  const report = await read(
    letter({
      subject: "Mail System Error - Returned Mail",
      from: "Mail Administrator<Postmaster@mx.example.org>",
      lines: [
        "This Message was undeliverable due to the following reason:",
        "",
        "The following destination addresses were unknown (please check",
        "the addresses and re-mail the message):",
        "",
        "SMTP <ann@example.org>",
        "",
        "Please reply to Postmaster@mx.example.org",
      ],
    }),
  );
  t.same(shown(report), [
    "postoffice",
    "ann@example.org permanent recipient no-such-user",
  ]);
});
