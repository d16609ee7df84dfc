import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("the recipient in brackets", async (t) => {
  const report = await read(
    letter({
      subject: "Mail System Error - Returned Mail",
      from: "MAILER-DAEMON@docomo.ne.jp",
      lines: [
        "The following recipients did not receive this message:",
        "  <ann@docomo.ne.jp>",
        "550 Unknown user",
      ],
    }),
  );
  t.same(shown(report), [
    "docomo",
    "ann@docomo.ne.jp permanent recipient no-such-user",
  ]);
});
