import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("the English half counts", async (t) => {
  const report = await read(
    letter({
      subject: "Mail failure.",
      fields: ["Content-Type: text/plain; charset=utf-8"],
      from: "mailer-daemon@corp.mail.ru",
      lines: [
        "Это письмо создано автоматически сервером Mail.Ru.",
        "",
        "**********************",
        "",
        "This message was created automatically by mail delivery software.",
        "recipients. This is a permanent error. The following address(es) failed:",
        "",
        "  ann@example.org",
        "    550 user not found",
        "",
        "------ This is a copy of the message, including all the headers. ------",
      ],
    }),
  );
  t.same(shown(report), [
    "mailru",
    "ann@example.org permanent recipient no-such-user",
  ]);
});
