import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test(
  "the list of recipients counts, and what the other host said",
  async (t) => {
    const report = await read(
      letter({
        subject: "Returned mail: see transcript for details",
        lines: [
          "The original message was received at Mon, 2 Mar 2020 10:00:00 +0100",
          "from localhost [127.0.0.1]",
          "",
          "   ----- The following addresses had permanent fatal errors -----",
          "<ann@example.org>",
          "    (reason: 550 5.1.1 User unknown)",
          "",
          "   ----- Transcript of session follows -----",
          "... while talking to mx.example.org.:",
          ">>> DATA",
          "<<< 550 5.1.1 User unknown",
          "550 5.1.1 <ann@example.org>... User unknown",
        ],
      }),
    );
    t.same(shown(report), [
      "sendmail",
      "ann@example.org permanent recipient no-such-user 5.1.1",
    ]);
  },
);

t.test(
  "an expanded alias is told by the address that was mailed",
  async (t) => {
    const report = await read(
      letter({
        subject: "Returned mail: Too many hops",
        lines: [
          "   ----- The following addresses had permanent fatal errors -----",
          "ann@home.example",
          "    (expanded from: team@example.org)",
          "",
          "   ----- Transcript of session follows -----",
          "554 Too many hops 27 (25 max): from a@b.example via localhost, to ann",
        ],
      }),
    );
    t.same(shown(report), [
      "sendmail",
      "team@example.org (ann@home.example) permanent recipient loop",
    ]);
  },
);
