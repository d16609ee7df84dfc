import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("recipients stand alone on a line", async (t) => {
  const report = await read(
    letter({
      subject: "Delivery Status Notification (Failure)",
      from: "postmaster@example.org",
      lines: [
        "This is an automatically generated Delivery Status Notification.",
        "",
        "Delivery to the following recipients failed.",
        "",
        "       ann@example.org",
      ],
    }),
  );
  t.same(shown(report), ["iis", "ann@example.org permanent recipient other"]);
});

t.test("the older one tells whom it was addressed to", async (t) => {
  const report = await read(
    letter({
      from: "postmaster@example.org",
      subject: "Delivery failure",
      lines: [
        "Your message has encountered delivery problems",
        "to local user ann.",
        "(Originally addressed to ann@example.org)",
        "User not known",
        "",
        "Your message reads (in part):",
      ],
    }),
  );
  t.same(shown(report), [
    "iis",
    "ann@example.org permanent recipient no-such-user",
  ]);
});
