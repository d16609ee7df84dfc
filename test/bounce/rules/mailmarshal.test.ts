import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("recipients are indented", async (t) => {
  const report = await read(
    letter({
      subject: "Undeliverable Mail: Hello",
      from: "postmaster@example.org",
      lines: [
        "Your message:",
        "   From:    list@example.net",
        "   Subject: Hello",
        "",
        "Could not be delivered because of",
        "",
        "550 No such user",
        "",
        "The following recipients were affected:",
        "    ann@example.org",
        "",
        "Additional Information",
        "MailMarshal",
      ],
    }),
  );
  t.same(shown(report), [
    "mailmarshal",
    "ann@example.org permanent recipient no-such-user",
  ]);
});
