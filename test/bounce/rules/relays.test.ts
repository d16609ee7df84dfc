import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("WorldSecure gives the reply behind the recipient", async (t) => {
  const report = await read(
    letter({
      subject: "Message Delivery Failure",
      lines: [
        "The WorldSecure Server SMTP Relay is returning your message because:",
        "",
        "\tUnable to deliver to recipient on remote mail host:",
        "\t\t<ann@example.org> - 550 <ann@example.org>... User unknown",
      ],
    }),
  );
  t.same(shown(report), [
    "relay",
    "ann@example.org permanent recipient no-such-user",
  ]);
});

t.test("MailFoundry names the recipient first", async (t) => {
  const report = await read(
    letter({
      subject: "Message delivery has failed",
      lines: [
        "Unable to deliver message to: <ann@example.org>",
        "Delivery failed for the following reason:",
        "Server mx.example.org[192.0.2.1] failed with: 550 No such user here",
      ],
    }),
  );
  t.same(shown(report), [
    "relay",
    "ann@example.org permanent recipient no-such-user",
  ]);
});

t.test("Barracuda refuses what a message is", async (t) => {
  const report = await read(
    letter({
      subject: "**Message you sent blocked by our bulk email filter**",
      lines: [
        "Your message to: ann@example.org",
        "was blocked by our Spam Firewall. The email has NOT BEEN DELIVERED: unsolicited bulk mail",
      ],
    }),
  );
  t.same(shown(report), ["relay", "ann@example.org permanent message spam"]);
});
