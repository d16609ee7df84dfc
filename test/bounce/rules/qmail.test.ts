import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("a paragraph a recipient", async (t) => {
  const report = await read(
    letter({
      subject: "failure notice",
      lines: [
        "Hi. This is the qmail-send program at mx.example.net.",
        "I'm afraid I wasn't able to deliver your message to the following addresses.",
        "This is a permanent error; I've given up. Sorry it didn't work out.",
        "",
        "<ann@example.org>:",
        "Sorry, no mailbox here by that name. (#5.1.1)",
        "",
        "<bob@example.com>:",
        "Sorry, I wasn't able to establish an SMTP connection. (#4.4.1)",
        "I'm not going to try again; this message has been in the queue too long.",
        "",
        "--- Below this line is a copy of the message.",
        "",
        "Return-Path: <list-bounces@example.net>",
      ],
    }),
  );
  t.same(shown(report), [
    "qmail",
    "ann@example.org permanent recipient no-such-user 5.1.1",
    "bob@example.com temporary recipient unreachable 4.4.1",
  ]);
});
