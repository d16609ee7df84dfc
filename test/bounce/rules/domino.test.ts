import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test('what follows "because" is the diagnosis', async (t) => {
  const report = await read(
    letter({
      subject:
        "DELIVERY FAILURE: User ann (ann@example.org) not listed in Domino Directory",
      from: "Postmaster@example.org",
      lines: [
        "Your message",
        "",
        "  Subject: Hello",
        "",
        "was not delivered to:",
        "",
        "  ann@example.org",
        "",
        "because:",
        "",
        "  User ann (ann@example.org) not listed in Domino Directory",
      ],
    }),
  );
  t.same(shown(report), [
    "domino",
    "ann@example.org permanent recipient no-such-user",
  ]);
});

t.test("Lotus Notes puts reasons before the recipient", async (t) => {
  const report = await read(
    letter({
      subject: "Undeliverable message",
      from: "postmaster@example.org",
      lines: [
        "------- Failure Reasons  --------",
        "",
        "User ann not listed in public Name & Address Book",
        "ann@example.org",
        "",
        "------- Returned Message --------",
        "Received: from mx",
      ],
    }),
  );
  t.same(shown(report), [
    "domino",
    "ann@example.org permanent recipient no-such-user",
  ]);
});
