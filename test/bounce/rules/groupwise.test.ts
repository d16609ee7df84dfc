import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("a reason in brackets", async (t) => {
  const report = await read(
    letter({
      subject: "Message status - undeliverable",
      lines: [
        "The message that you sent was undeliverable to the following:",
        "\tann@example.org (user not found)",
      ],
    }),
  );
  t.same(shown(report), [
    "groupwise",
    "ann@example.org permanent recipient no-such-user",
  ]);
});
