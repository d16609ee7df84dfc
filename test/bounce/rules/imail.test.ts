import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("a sentence, and the recipient behind a colon", async (t) => {
  const report = await read(
    letter({
      subject: "Undeliverable Mail",
      fields: ["X-Mailer: <SMTP32 v8.22>"],
      from: "Postmaster <postmaster@mx.example.org>",
      lines: [
        "User mailbox exceeds allowed size: ann@example.org",
        "",
        "Original message follows.",
        "",
        "Received: from mx",
      ],
    }),
  );
  t.same(shown(report), [
    "imail",
    "ann@example.org permanent recipient mailbox-full",
  ]);
});
