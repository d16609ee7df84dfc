import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("a diagnosis goes over its line", async (t) => {
  const report = await read(
    letter({
      subject: "Undelivered Mail Returned to Sender",
      lines: [
        "This is the mail system at host mx.example.net.",
        "",
        "I'm sorry to have to inform you that your message could not",
        "be delivered to one or more recipients. It's attached below.",
        "",
        "                   The mail system",
        "",
        "<ann@example.org>: host mx.example.org[192.0.2.1] said: 550 5.1.1",
        "    <ann@example.org>: Recipient address rejected: User unknown (in reply to",
        "    RCPT TO command)",
        "",
        "<bob@example.com>: permission denied. Command output: maildrop: maildir over",
        "    quota.",
      ],
    }),
  );
  t.same(shown(report), [
    "postfix",
    "ann@example.org permanent recipient no-such-user 5.1.1",
    "bob@example.com permanent recipient mailbox-full",
  ]);
});

t.test("an alias is told by the address that was mailed", async (t) => {
  const report = await read(
    letter({
      lines: [
        "This is the Postfix program at host mx.example.net.",
        "",
        "<ann@example.com> (expanded from <team@example.org>): Name service error for",
        "    example.com: Host not found",
      ],
    }),
  );
  t.same(shown(report), [
    "postfix",
    "team@example.org (ann@example.com) permanent recipient unreachable",
  ]);
});
