import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("a mailbox that is full", async (t) => {
  const report = await read(
    letter({
      subject: "Mail",
      from: "no-reply@nm.dion.ne.jp",
      lines: [
        "Your mail sent on: Thu, 29 Apr 2010 00:00:00 +0900",
        "     Could not be delivered to: <ann@nm.dion.ne.jp>",
        "     As their mailbox is full.",
      ],
    }),
  );
  t.same(shown(report), [
    "kddi",
    "ann@nm.dion.ne.jp permanent recipient mailbox-full",
  ]);
});

t.test("an account that is disabled", async (t) => {
  const report = await read(
    letter({
      subject: "Mail System Error - Returned Mail",
      from: "Postmaster@ezweb.ne.jp",
      lines: ["The user(s) account is disabled.", "", "<ann@ezweb.ne.jp>"],
    }),
  );
  t.same(shown(report), [
    "kddi",
    "ann@ezweb.ne.jp permanent recipient disabled",
  ]);
});
