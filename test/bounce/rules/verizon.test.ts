import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("the envelope is written down", async (t) => {
  const report = await read(
    letter({
      subject: "Re:Hello",
      from: "post_master@vtext.com",
      lines: [
        "Error: Invalid user address",
        "",
        "Message details:",
        "  Subject: Hello",
        "  MAIL FROM: list@example.net",
        "  RCPT TO: 5550100@vtext.com",
      ],
    }),
  );
  t.same(shown(report), [
    "verizon",
    "5550100@vtext.com permanent recipient no-such-user",
  ]);
});
