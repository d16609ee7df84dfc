import fc from "fast-check";
import t from "tap";
import type { List } from "../../src/lists/directory.ts";
import { isMarkedBy, listId, marked, prefixed } from "../../src/lists/marks.ts";
import { type Header, parseHeader } from "../../src/mail/header.ts";
import { anyString } from "../anyString.ts";

function listOf(settings: Record<string, unknown> = {}): List {
  return {
    address: "news@lists.example.org",
    local: "news",
    domain: "lists.example.org",
    settings: { description: "", reply_to: "author", ...settings },
  } as unknown as List;
}

function headerOf(text: string): Header {
  return parseHeader(Buffer.from(`${text}\n\n`)).header;
}

const address = (extension: string) => `news-${extension}@lists.example.org`;

t.test("a post gets the list's fields once, and loses another's", async (t) => {
  const header = headerOf(
    [
      "Return-Path: <anna@example.com>",
      "Delivered-To: news@lists.example.org",
      "Received: from a",
      "DKIM-Signature: v=1",
      "From: anna@example.com",
      "Sender: secretary@example.com",
      "Bcc: secret@example.com",
      "Disposition-Notification-To: anna@example.com",
      "List-Id: <other.example.com>",
      "List-Unsubscribe: <mailto:other@example.com>",
      "Subject: x",
    ].join("\n"),
  );
  const result = marked(listOf({ description: "Grüße, all" }), header, address);
  t.equal(
    result.bytes().toString(),
    `Received: from a
DKIM-Signature: v=1
From: anna@example.com
Sender: news-bounces@lists.example.org
Subject: x
List-Id: ${result.get("List-Id")}
List-Post: <mailto:news@lists.example.org>
List-Help: <mailto:news-request@lists.example.org?subject=help>
List-Subscribe: <mailto:news-subscribe@lists.example.org>
List-Unsubscribe: <mailto:news-unsubscribe@lists.example.org>
List-Owner: <mailto:news-owner@lists.example.org>
Precedence: list
X-BeenThere: news@lists.example.org
X-Original-Sender: secretary@example.com
`,
  );
  t.match(
    result.get("List-Id"),
    /^=\?utf-8\?.*\?= <news\.lists\.example\.org>$/i,
  );
  t.equal(
    marked(listOf(), result, address)
      .bytes()
      .toString()
      .match(/List-Id/g)?.length,
    1,
  );
});

t.test("where replies go", async (t) => {
  const header = headerOf("From: a@example.com\nReply-To: b@example.com");
  t.equal(marked(listOf(), header, address).get("Reply-To"), "b@example.com");
  t.equal(
    marked(listOf({ reply_to: "list" }), header, address).get("Reply-To"),
    "news@lists.example.org",
  );
});

t.test("a post that comes back is known", async (t) => {
  const list = listOf({ description: "News" });
  const header = headerOf("From: a@example.com\nSubject: x");
  t.notOk(isMarkedBy(list, header));
  t.ok(isMarkedBy(list, marked(list, header, address)));
  t.ok(isMarkedBy(list, headerOf("List-Id: x <NEWS.Lists.Example.org>")));
  t.ok(
    isMarkedBy(list, headerOf("List-Post: <mailto:News@lists.example.org>")),
  );
  t.notOk(isMarkedBy(list, headerOf("List-Id: <old-news.lists.example.org>")));
  t.notOk(isMarkedBy(list, headerOf("List-Post: NO")));
  t.equal(listId(list), "news.lists.example.org");
});

t.test(
  "a post that went through another list meanwhile is known too",
  async (t) => {
    const news = listOf();
    const other = {
      ...listOf(),
      address: "other@lists.example.org",
      local: "other",
    };
    const header = headerOf("From: a@example.com\nSubject: x");
    const once = marked(news, header, address);
    t.notOk(isMarkedBy(other, once), "so far it was through one");
    const twice = marked(other, once, address);
    t.ok(isMarkedBy(other, twice));
    t.ok(isMarkedBy(news, twice));
    t.equal(twice.all("List-Id").length, 1);
  },
);

t.test("the prefix stands before the subject once", async (t) => {
  const subject = (text: string) =>
    prefixed(headerOf(text), "[news]")?.get("Subject");
  t.equal(subject("Subject: hello"), "[news] hello");
  t.equal(subject("Subject: Re: [NEWS] hello"), undefined);
  t.equal(subject("From: x"), "[news] (no subject)");
  t.equal(subject("Subject:"), "[news] (no subject)");
  t.equal(
    prefixed(headerOf("Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?="), "[news]")?.text(
      "Subject",
    ),
    "[news] Grüße",
  );
  t.equal(
    subject("Subject: =?utf-8?b?W25ld3NdIHg=?="),
    undefined,
    "encoded already",
  );
});

t.test(
  "whatever a subject holds, it stays one field that is not prefixed again",
  async (t) => {
    fc.assert(
      fc.property(anyString(), (text) => {
        const header = headerOf("From: x").add("Subject", text);
        const once = prefixed(header, "[news]") ?? header;
        t.equal(once.names().filter((name) => name === "subject").length, 1);
        t.equal(prefixed(once, "[news]"), undefined);
        const again = parseHeader(
          Buffer.concat([once.bytes(), Buffer.from("\n")]),
        );
        t.same(again.header.names(), once.names(), "no line is added");
      }),
    );
  },
);
