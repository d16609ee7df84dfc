import { simpleParser } from "mailparser";
import t from "tap";
import { bytes } from "../../src/base/pieces.ts";
import {
  emissionOf,
  eventLine,
  eventMessage,
  eventOf,
  messageIdIn,
  postShown,
} from "../../src/lists/events.ts";
import { eventSchema } from "../../src/lists/schema/event.ts";
import type { Site } from "../../src/lists/settings.ts";
import { Header } from "../../src/mail/header.ts";
import { newId } from "../../src/spool/name.ts";

const site = { delimiters: "-+", hostname: "mill.example.org" } as Site;
const settings = { events_without: ["post.held"] };
const list = {
  address: "news@lists.example.org",
  local: "news",
  domain: "lists.example.org",
  settings,
};
const event = eventOf(
  "list.renamed",
  {
    id: "0mwslj4p4-xxxxxxxxxxxx",
    list: list.address,
    at: Date.UTC(2026, 10, 23),
  },
  { by: "command", who: "jürgen\r\nBcc: all@example.org", cause: "command/x" },
  { from: "alt@lists.example.org", note: "😀\u0000" },
);

t.test("an event is a message with one JSON object", async (t) => {
  const text = eventMessage(site, list, event).toString();
  t.match(text, /^[\t\n -~]*$/, "any program can read it");
  t.match(text, /^Content-Type: application\/json$/m);
  const mail = await simpleParser(text);
  t.equal(mail.subject, "list.renamed news@lists.example.org");
  t.equal(mail.from?.text, "news-owner@lists.example.org");
  t.match(mail.to, { text: "news-events@lists.example.org" });
  t.equal(mail.headers.get("auto-submitted"), "auto-generated");
  t.notOk(mail.headers.has("bcc"));
  const found = JSON.parse(text.slice(text.indexOf("\n\n")));
  t.same(found, event);
  t.equal(eventSchema.parse(found).version, 1);
  t.same(found.cause, { id: "command/x" });
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

t.test("what follows from an entry has one id in every try", async (t) => {
  const id = newId(Date.UTC(2026, 10, 23));
  const header = new Header()
    .add("From", "Anna <anna@example.org>")
    .add("Message-ID", `<${"x".repeat(2000)}@x>`)
    .add("Subject", "Hello\tyou");
  const post = postShown({
    message: { header },
    envelope: { sender: "a@b.test" },
  });
  t.same(post, {
    author: "anna@example.org",
    sender: "a@b.test",
    subject: "Hello you",
  });
  const actor = {
    by: "mail",
    who: "",
    messageId: messageIdIn(header),
  } as const;
  const told = async (now: number, more = "") => {
    const at = { site, list, id, queue: "posts", now };
    const found = emissionOf(at, "post.accepted", actor, post, more);
    t.match(found, {
      queue: "events",
      list: list.address,
      recipient: "news-events@lists.example.org",
    });
    const text = (await bytes(found?.content ?? [], 10_000)).toString();
    return eventSchema.parse(JSON.parse(text.slice(text.indexOf("\n\n"))));
  };
  const first = await told(1e12);
  t.equal((await told(2e12)).id, first.id);
  t.not((await told(1e12, "other")).id, first.id);
  t.equal(first.cause.id, `posts/${id}`);
  t.ok((first.cause.message_id?.length ?? 0) < 1000);
  const at = { site, list, id, queue: "posts", now: 1e12 };
  const detail = { ...post, entry: id, hook: "x", reason: "y" };
  t.equal(
    emissionOf(at, "post.held", actor, detail),
    undefined,
    "a list may do without",
  );
});
