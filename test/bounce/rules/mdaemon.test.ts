import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("recipients behind an angle", async (t) => {
  const report = await read(
    letter({
      subject: "Permanent Delivery Failure",
      from: "MDaemon@mx.example.org",
      lines: [
        "The attached message had PERMANENT fatal delivery errors!",
        "",
        "The following addresses did NOT receive a copy of your message:",
        "",
        "> ann@example.org",
        "",
        "--- Session Transcript ---",
        " RCPT To:<ann@example.org>",
        " 550 unknown user",
      ],
    }),
  );
  t.same(shown(report), [
    "mdaemon",
    "ann@example.org permanent recipient no-such-user",
  ]);
});

t.test("a warning that is none: the user is not known", async (t) => {
  const report = await read(
    letter({
      subject: "Warning: ann@example.org - User unknown!",
      from: "MDaemon@mx.example.org",
      lines: [
        "ann@example.org - no such user here.",
        "",
        "There is no user by that name at this server.",
      ],
    }),
  );
  t.same(shown(report), [
    "mdaemon",
    "ann@example.org permanent recipient no-such-user",
  ]);
});
