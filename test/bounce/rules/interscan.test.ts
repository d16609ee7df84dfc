import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("a dialogue", async (t) => {
  const report = await read(
    letter({
      subject: "Mail could not be delivered",
      from: '"InterScan MSS" <postmaster@example.org>',
      lines: [
        "...",
        "Sent <<< RCPT TO:<ann@example.org>",
        "Received >>> 550 5.1.1 <ann@example.org>... user unknown",
        "...",
        "************************     End of message     **********************",
      ],
    }),
  );
  t.same(shown(report), [
    "interscan",
    "ann@example.org permanent recipient no-such-user 5.1.1",
  ]);
});
