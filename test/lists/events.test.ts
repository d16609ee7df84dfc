import { simpleParser } from "mailparser";
import t from "tap";
import { eventLine, eventMessage } from "../../src/lists/events.ts";
import type { Site } from "../../src/lists/settings.ts";

const site = { delimiters: "-+", hostname: "mill.example.org" } as Site;
const list = { local: "news", domain: "lists.example.org" };
const event = {
  event: "list.renamed",
  list: "news@lists.example.org",
  at: "2026-11-23T00:00:00.000Z",
  by: { by: "command", who: "jürgen\r\nBcc: all@example.org" },
  detail: { from: "alt@lists.example.org", note: "😀\u0000" },
};

t.test("an event is a message with one JSON object", async (t) => {
  const text = eventMessage(site, list, event, "0mwslj4p4-x").toString();
  t.match(text, /^[\t\n -~]*$/, "any program can read it");
  t.match(text, /^Content-Type: application\/json$/m);
  const mail = await simpleParser(text);
  t.equal(mail.subject, "list.renamed news@lists.example.org");
  t.equal(mail.from?.text, "news-owner@lists.example.org");
  t.match(mail.to, { text: "news-events@lists.example.org" });
  t.equal(mail.headers.get("auto-submitted"), "auto-generated");
  t.notOk(mail.headers.has("bcc"));
  t.same(JSON.parse(text.slice(text.indexOf("\n\n"))), event);
});

t.test("and one line of the log", async (t) => {
  t.equal(
    eventLine(JSON.stringify(event)),
    `list.renamed news@lists.example.org by command jürgen Bcc: all@example.org {"from":"alt@lists.example.org","note":"😀\\u0000"}`,
  );
  t.equal(eventLine('{"event":"x.y"}'), "x.y");
  for (const odd of ["", "{", "[]", "null", '{"event":5}'])
    t.equal(eventLine(odd), undefined, odd);
});
