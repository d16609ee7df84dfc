import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("failed addresses have a heading of their own", async (t) => {
  const report = await read(
    letter({
      subject: "mail failed, returning to sender",
      lines: [
        "|------------------------- Message log follows: -------------------------|",
        " no valid recipients were found for this message",
        "|------------------------- Failed addresses follow: ---------------------|",
        " ann@example.org ... unknown host",
        "|------------------------- Message text follows: ------------------------|",
        "Received: from mx",
      ],
    }),
  );
  t.same(shown(report), [
    "smail",
    "ann@example.org permanent recipient unreachable",
  ]);
});
