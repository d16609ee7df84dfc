import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("fields for LISTSERV", async (t) => {
  const report = await read(
    letter({
      subject: "Undelivered mail",
      from: "LSMTP <postmaster@mx.example.org>",
      lines: [
        "An error was detected while processing the enclosed message.",
        "",
        "--> Error description:",
        "",
        "Error-for:  ann@example.org",
        "Error-Code: 0",
        "Error-Text: Mailer mx.example.org said:",
        '            "554 Message looping (received 6 times)"',
        "",
        "Error-End:  One error reported.",
      ],
    }),
  );
  t.same(shown(report), ["lsoft", "ann@example.org permanent recipient loop"]);
});
