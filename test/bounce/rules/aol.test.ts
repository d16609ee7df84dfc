import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("a screen name is an address of AOL", async (t) => {
  const report = await read(
    letter({
      subject: "Mail Delivery Problem",
      from: "Mail Delivery Subsystem <MAILER-DAEMON@aol.com>",
      lines: [
        "Your mail to the following recipients could not be delivered because they are not accepting mail from list@example.net:",
        "\tsomebody1",
      ],
    }),
  );
  t.same(shown(report), ["aol", "somebody1@aol.com permanent message policy"]);
});
