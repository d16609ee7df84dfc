import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("codes behind the recipient", async (t) => {
  const report = await read(
    letter({
      subject: "Undelivered Mail Returned to Sender",
      fields: ["X-Mailer: Zoho Mail"],
      from: "mailer-daemon@mail.zoho.com",
      lines: [
        "This message was created automatically by mail delivery software.",
        "A message that you sent could not be delivered to one or more of its recipients. This is a permanent error.",
        "",
        "ann@example.org Invalid Address, ERROR_CODE :550, ERROR_CODE :5.1.1 User Unknown",
        "",
        "Received:from mail.zoho.com by mx",
      ],
    }),
  );
  t.same(shown(report), [
    "zoho",
    "ann@example.org permanent recipient no-such-user 5.1.1",
  ]);
});
