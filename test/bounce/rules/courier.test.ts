import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("recipients behind the heading", async (t) => {
  const report = await read(
    letter({
      subject: "NOTICE: mail delivery status.",
      from: '"Courier mail server at mx.example.net" <postmaster@mx.example.net>',
      lines: [
        "This is a delivery status notification from mx.example.net,",
        "running the Courier mail server, version 0.65.2.",
        "",
        "                           UNDELIVERABLE MAIL",
        "",
        "Your message to the following recipients cannot be delivered:",
        "",
        "<ann@example.org>:",
        "    mx.example.org [192.0.2.1]:",
        ">>> RCPT TO:<ann@example.org>",
        "<<< 550 User unknown",
      ],
    }),
  );
  t.same(shown(report), [
    "courier",
    "ann@example.org permanent recipient no-such-user",
  ]);
});
