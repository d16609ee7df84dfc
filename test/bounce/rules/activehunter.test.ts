import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("m-FILTER: the recipient behind a sentence in Japanese", async (t) => {
  const report = await read(
    letter({
      subject: "failure notice",
      fields: ["X-Mailer: m-FILTER", "Content-Type: text/plain; charset=utf-8"],
      from: "POSTMASTER <postmaster@example.org>",
      lines: [
        "以下のメールアドレスへの送信に失敗しました。",
        "ann@example.org",
        "",
        "-------server message",
        "550 unknown user <ann@example.org>",
        "",
        "-------original message",
        "Received: from mx",
      ],
    }),
  );
  t.same(shown(report), [
    "activehunter",
    "ann@example.org permanent recipient no-such-user",
  ]);
});

t.test("Active!hunter: behind the heading of Sendmail", async (t) => {
  const report = await read(
    letter({
      subject: "FAILURE NOTICE : Hello",
      fields: ['Content-Type: text/plain; x="----=_Active!Hunter_1"'],
      lines: [
        "  ----- The following addresses had permanent fatal errors -----",
        ">>> ann@example.org <ann@example.org>",
        "",
        "  ----- Transcript of session follows -----",
        "550 sorry, no mailbox here by that name (#5.1.1 - chkusr)",
      ],
    }),
  );
  t.same(shown(report), [
    "activehunter",
    "ann@example.org permanent recipient no-such-user 5.1.1",
  ]);
});
