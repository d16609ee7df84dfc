import t from "tap";
import { letter, read, shown } from "../reports.ts";

t.test("the connector of 5.5 names recipients before a date", async (t) => {
  const report = await read(
    letter({
      subject: "Undeliverable: Hello",
      lines: [
        "Your message",
        "",
        "  To:      list@example.net",
        "  Subject: Hello",
        "",
        "did not reach the following recipient(s):",
        "",
        "ann@example.org on Fri, 5 Mar 2004 17:10:56 +0100",
        "    The recipient name is not recognized",
        "\tThe MTS-ID of the original message is: c=us;a= ;p=example",
        "    MSEXCH:IMS:EXAMPLE:SITE:HOST 0 (000C05A6) Unknown Recipient",
        "c=US;a= ;p=EX;o=Site;dda:SMTP=bob@example.org; on Fri, 5 Mar 2004",
        "17:10:56 +0100",
        "    The recipient name is not recognized",
      ],
    }),
  );
  t.same(shown(report), [
    "exchange",
    "ann@example.org permanent recipient no-such-user",
    "bob@example.org permanent recipient no-such-user",
  ]);
});

t.test("later ones name them by a link", async (t) => {
  const report = await read(
    letter({
      subject: "Undeliverable: Hello",
      lines: [
        "Delivery has failed to these recipients or groups:",
        "",
        "ann@example.org<mailto:ann@example.org>",
        "The email address you entered couldn't be found.",
        "",
        "Diagnostic information for administrators:",
        "Generating server: mx.example.org",
        "ann@example.org",
        "Remote Server returned '550 5.1.1 RESOLVER.ADR.RecipNotFound; not found'",
        "Original message headers:",
        "Received: from mx",
      ],
    }),
  );
  t.same(shown(report), [
    "exchange",
    "ann@example.org permanent recipient no-such-user 5.1.1",
  ]);
});

t.test("in other languages the heading tells it", async (t) => {
  const report = await read(
    letter({
      subject: "Non remis : Bonjour",
      fields: ["Content-Type: text/plain; charset=utf-8"],
      from: "Microsoft Exchange <a1b2@example.org>",
      lines: [
        "La remise a échoué.",
        "",
        "ann@example.org",
        "",
        "Informations de diagnostic pour les administrateurs :",
        "Serveur de génération : mx.example.org",
        "ann@example.org",
        "#550 5.1.1 RESOLVER.ADR.RecipNotFound; not found ##",
      ],
    }),
  );
  t.same(shown(report), [
    "exchange",
    "ann@example.org permanent recipient no-such-user 5.1.1",
  ]);
});
