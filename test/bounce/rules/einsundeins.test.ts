import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("the address of the reader may have failed", async (t) => {
  const report = await read(
    letter({
      subject: "Mail delivery failed: returning message to sender",
      fields: ["To: ann@example.org"],
      from: "Mail Delivery System <mailer-daemon@kundenserver.de>",
      lines: [
        "This message was created automatically by mail delivery software.",
        "",
        "A message that you sent could not be delivered to one or more of",
        "its recipients. This is a permanent error. The following address(es)",
        "failed:",
        "",
        "ann@example.org:",
        "  quota exceeded",
        "",
        "--- The header of the original message is following. ---",
      ],
    }),
  );
  t.same(shown(report), [
    "einsundeins",
    "ann@example.org permanent recipient mailbox-full",
  ]);
});
