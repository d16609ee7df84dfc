import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("before 2016 there was nothing but a text", async (t) => {
  const report = await read(
    letter({
      from: "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
      subject: "Delivery Status Notification (Failure)",
      lines: [
        "Delivery to the following recipient failed permanently:",
        "",
        "     ann@example.org",
        "",
        "Technical details of permanent failure:",
        "The error that the other server returned was:",
        "550 5.1.1 User unknown",
        "",
        "----- Original message -----",
      ],
    }),
  );
  t.same(shown(report), [
    "gmail",
    "ann@example.org permanent recipient no-such-user 5.1.1",
  ]);
});

t.test("a group that takes no post says something of the post", async (t) => {
  const report = await read(
    letter({
      fields: ["X-Failed-Recipients: group@googlegroups.com"],
      from: "Mail Delivery Subsystem <mailer-daemon@googlemail.com>",
      lines: [
        "Hello bob@example.net,",
        "",
        "We're writing to let you know that the group you tried to contact (group)",
        "may not exist, or you may not have permission to post messages to the group.",
      ],
    }),
  );
  t.same(shown(report), [
    "gmail",
    "group@googlegroups.com permanent message policy",
  ]);
});
