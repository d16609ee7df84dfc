import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("two lists between dashes", async (t) => {
  const report = await read(
    letter({
      subject: "Returned mail: Service unavailable",
      from: "postmaster@biglobe.ne.jp",
      lines: [
        "   ----- The following addresses had delivery problems -----",
        "ann@biglobe.ne.jp",
        "",
        "   ----- Non-delivered information -----",
        "The number of messages in recipient's mailbox exceeded the local limit.",
      ],
    }),
  );
  t.same(shown(report), [
    "biglobe",
    "ann@biglobe.ne.jp permanent recipient mailbox-full",
  ]);
});

t.test("the reason in square brackets", async (t) => {
  const report = await read(
    letter({
      subject: "Returned Mail: User unknown",
      lines: [
        "The original message was received at Thu, 29 Apr 2010 23:34:45 +0900 (JST)",
        "from list@example.net",
        "",
        "---The following addresses had delivery errors---",
        "",
        "ann@example.org [User unknown]",
      ],
    }),
  );
  t.same(shown(report), [
    "biglobe",
    "ann@example.org permanent recipient no-such-user",
  ]);
});
