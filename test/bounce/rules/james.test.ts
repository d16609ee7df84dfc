import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("recipients and the reason have headings", async (t) => {
  const report = await read(
    letter({
      subject: "[BOUNCE]",
      lines: [
        "Hi. This is the James mail server at mx.example.net.",
        "I'm afraid I wasn't able to deliver your message to the following addresses.",
        "This is a permanent error; I've given up. Sorry it didn't work out. Below",
        "I include the list of recipients and the reason why I was unable to deliver",
        "your message.",
        "",
        "Failed recipient(s):",
        "ann@example.org",
        "",
        "Error message:",
        "550 5.1.1 User unknown",
        "",
        "Message details:",
        "  MAIL FROM: list@example.net",
        "  RCPT TO: ann@example.org",
      ],
    }),
  );
  t.same(shown(report), [
    "james",
    "ann@example.org permanent recipient no-such-user 5.1.1",
  ]);
});
