import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("the transcript is all there is", async (t) => {
  const report = await read(
    letter({
      subject: "Returned mail: Host unknown",
      lines: [
        "   ----- Transcript of session follows -----",
        "550 example.org (smtp)... 550 Host unknown",
        "554 <ann@example.org>... 550 Host unknown (Authoritative answer from name server)",
        "",
        "   ----- Unsent message follows -----",
        "Received: by mx.example.net; (5.65/1.37)",
      ],
    }),
  );
  t.same(shown(report), [
    "sendmail5",
    "ann@example.org permanent recipient unreachable",
  ]);
});
