import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("a member is named without the domain", async (t) => {
  const report = await read(
    letter({
      subject: "Undeliverable Message",
      from: "CompuServe Postmaster <postmaster@compuserve.com>",
      lines: [
        "Receiver not found: 12345.678",
        "",
        "Your message could not be delivered as addressed.",
        "",
        "--- Returned Message ---",
      ],
    }),
  );
  t.same(shown(report), [
    "compuserve",
    "12345.678@compuserve.com permanent recipient no-such-user",
  ]);
});
