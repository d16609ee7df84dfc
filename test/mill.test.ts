import { mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { simpleParser } from "mailparser";
import t, { type Test } from "tap";
import { Context } from "../src/cli/context.ts";
import type { Subject } from "../src/engine/trade.ts";
import { extended } from "../src/lists/marks.ts";
import { type Message, openMessage } from "../src/mail/message.ts";
import { layersOf, mailTrade, packageHooks } from "../src/mill.ts";
import type { Envelope } from "../src/spool/envelope.ts";
import { makeHome, news } from "./cli/atHome.ts";
import { groups } from "./lists/groups.ts";

const NOW = Date.UTC(2026, 10, 23);
const post =
  "From: Anna <anna@example.com>\nSubject: Grüße\nMessage-ID: <1@example.com>\n\nText.\n";

async function subject(
  envelope: Partial<Envelope> = {},
  text = post,
): Promise<Subject<Message>> {
  return {
    id: "0mwslj4p4-04gvj764celo",
    queue: "posts",
    envelope: {
      sender: "anna@example.com",
      recipient: news,
      list: news,
      origin: "mta",
      received: "",
      history: [],
      ...envelope,
    },
    message: await openMessage([Buffer.from(text)], 10_000),
  };
}

async function tradeOf(t: Test) {
  const home = await makeHome(t);
  const { site, lists } = new Context(home, false);
  return { home, site, lists, trade: mailTrade(site, lists, "node") };
}

t.test(
  "who sent what is refused is told, in a report that machines read too",
  async (t) => {
    const { trade } = await tradeOf(t);
    const reason = "Only members may post.\r\nBcc: all@example.org";
    const draft = await trade.refused(await subject(), reason, NOW);
    t.match(draft, {
      queue: "outbound",
      recipients: ["anna@example.com"],
      envelope: {
        sender: "",
        recipient: "anna@example.com",
        list: news,
        origin: "posts/0mwslj4p4-04gvj764celo",
        received: "2026-11-23T00:00:00.000Z",
        history: [],
      },
    });
    const text = Buffer.concat(
      ("content" in draft ? draft.content : []) as Uint8Array[],
    ).toString();
    const mail = await simpleParser(text);
    t.match(mail.from?.text, "news-owner@lists.example.org");
    t.match(mail.to, { text: /anna@example\.com/ });
    t.equal(mail.subject, `Your message to ${news} was not accepted`);
    t.match(mail.text, /Only members may post\./);
    t.equal(mail.headers.get("auto-submitted"), "auto-replied");
    t.equal(mail.inReplyTo, "<1@example.com>");
    t.notOk(mail.headers.has("bcc"), "a reason adds no field");
    t.match(
      text,
      /^Content-Type: multipart\/report; report-type=delivery-status/m,
    );
    t.match(text, /^Final-Recipient: rfc822; news@lists\.example\.org$/m);
    t.match(text, /^Action: failed$/m);
    t.match(text, /^Status: 5\.7\.1$/m);
    t.match(text, /^Reporting-MTA: dns; mill\.example\.org$/m);
    t.match(
      text,
      /^Subject: Gr\u00fc\u00dfe$|^Subject: Gr/m,
      "the header is given back",
    );
  },
);

t.test("what is only foreseen counts for nothing", async (t) => {
  const { trade, site } = await tradeOf(t);
  const { a_day } = site.answers;
  const refused = async (id: number, foreseen?: boolean) =>
    trade.refused(
      { ...(await subject()), id: `entry-${id}` },
      "no",
      NOW,
      foreseen,
    );
  for (let at = 0; at <= a_day; at += 1)
    t.notOk("silence" in (await refused(at, true)));
  for (let at = 0; at < a_day; at += 1)
    t.notOk("silence" in (await refused(at)));
  t.match(await refused(a_day, true), { silence: /answers today/ });
  t.match(await refused(a_day), { silence: /answers today/ });
});

t.test("nobody is told who may be no person", async (t) => {
  const { trade } = await tradeOf(t);
  const told = async (envelope: Partial<Envelope>, text = post) =>
    !(
      "silence" in
      (await trade.refused(await subject(envelope, text), "no", NOW))
    );
  t.ok(await told({}));
  t.ok(await told({}, `Auto-Submitted: no\n${post}`));
  t.ok(await told({}, `Precedence: first-class\n${post}`));
  for (const [what, envelope] of Object.entries({
    "the null sender": { sender: "" },
    "a message of the mill": { origin: "posts/x" },
    "an envelope that was lost": { origin: "unknown" },
    "the list itself": { sender: news },
    "another list here": { sender: "NEWS-request@lists.example.org" },
    "a mailer daemon": { sender: "MAILER-DAEMON@example.com" },
    "a postmaster": { sender: "Postmaster@example.com" },
    "another list's bounces": { sender: "dev-bounces@example.com" },
    "an owner's address": { sender: "dev-owner@example.com" },
  }))
    t.notOk(await told(envelope), what);
  for (const field of [
    "Auto-Submitted: auto-replied",
    "auto-submitted: Auto-Generated (vacation)",
    "Precedence: bulk",
    "Precedence:  List ",
    "precedence: junk",
    "List-Id: <other.example.com>",
    "List-Post: <mailto:other@example.com>",
  ])
    t.notOk(await told({}, `${field}\n${post}`), field);
  t.same(
    await trade.refused(
      await subject({}, `Precedence: bulk\n${post}`),
      "no",
      NOW,
    ),
    { silence: "Precedence: bulk" },
    "and the log can tell why",
  );
});

t.test(
  "failed recipients are reported to the sender of the entry",
  async (t) => {
    const { trade } = await tradeOf(t);
    const failed = [
      {
        address: "gone@example.com",
        kind: "never",
        reply: "550 5.1.1 <gone> unknown",
      },
      { address: "full@example.com", kind: "never", reply: "no status here" },
    ] as const;
    const sender = "news-bounces@lists.example.org";
    const draft = await trade.undeliverable(
      await subject({ sender }),
      failed,
      NOW,
    );
    t.match(draft, {
      queue: "incoming",
      envelope: {
        sender: "",
        recipient: sender,
        list: news,
        extension: "bounces",
      },
    });
    const text = Buffer.concat(
      (draft?.content ?? []) as Uint8Array[],
    ).toString();
    t.match(
      text,
      /^Final-Recipient: rfc822; gone@example\.com\nAction: failed\nStatus: 5\.1\.1$/m,
    );
    t.match(
      text,
      /^Final-Recipient: rfc822; full@example\.com\nAction: failed\nStatus: 5\.0\.0$/m,
    );
    const trial = "news-probe@lists.example.org";
    const back = await trade.undeliverable(
      await subject({ sender: trial }),
      failed,
      NOW,
    );
    t.match(back?.envelope, { recipient: trial, extension: "probe" });
    t.equal(
      await trade.undeliverable(await subject({ sender: "" }), failed, NOW),
      undefined,
      "a report about a report is never made",
    );
  },
);

t.test("an emitted message goes to the door of its address", async (t) => {
  const { trade } = await tradeOf(t);
  const from = await subject({ sender: "anna@example.com" });
  const recipient = "news-archive@lists.example.org";
  t.match(await trade.emitted(from, { recipient }, NOW), {
    sender: "news-bounces@lists.example.org",
    list: news,
    extension: "archive",
    origin: "posts/0mwslj4p4-04gvj764celo",
  });
  const outside = await trade.emitted(
    from,
    { recipient: "person@example.com" },
    NOW,
  );
  t.match(outside, { recipient: "person@example.com" });
  t.notOk("list" in outside);
  t.notOk(
    "list" in (await trade.emitted(from, { recipient, outside: true }, NOW)),
    "a letter to a person goes to no list",
  );
  t.match(trade.distributed(from, NOW), {
    envelope: { sender: "news-bounces@lists.example.org", list: news },
  });
});

t.test("a message without a list, a list that is gone", async (t) => {
  const { trade } = await tradeOf(t);
  const { list, ...none } = (await subject()).envelope;
  t.equal(list, news);
  t.notMatch(trade.place(none).environment, { LISTMILL_LIST: String });
  t.match(trade.place({ ...none, list: news }).environment, {
    LISTMILL_LIST: news,
    LISTMILL_SETTING_POLICY: "open",
  });
  t.throws(() => trade.place({ ...none, list: "gone@lists.example.org" }), {
    message: /the list gone@lists\.example\.org is gone/,
  });
});

t.test("what is a message", async (t) => {
  const { trade } = await tradeOf(t);
  const open = (text: string) => trade.open([Buffer.from(text)]);
  t.match(await open(post), { headerTooLarge: false });
  t.match(await open(`X: ${"x".repeat(300_000)}\n\n`), {
    headerTooLarge: true,
  });
  for (const text of ["", "\n", "Text.\n", "\n\nSubject: x\n"])
    t.match(await open(text), { noMessage: "it has no header field" });
});

t.test("the layers of hooks, from the package's to the list's", async (t) => {
  const { home, site, lists } = await tradeOf(t);
  const list = lists.get(news);
  if (!list) throw new Error("no list");
  t.match(layersOf(site, list), [
    { name: "package", dir: packageHooks },
    { name: "site", dir: join(home, "hooks.d") },
    { name: "domain", dir: join(home, "lists/@lists.example.org/hooks.d") },
    { name: "list", dir: join(home, "lists", news, "hooks.d") },
  ]);
  t.same(
    layersOf(site, undefined).map(({ name }) => name),
    ["package", "site"],
  );
  const linked = t.testdir({});
  mkdirSync(join(linked, "home"));
  symlinkSync(packageHooks, join(linked, "home/hooks.d"));
  t.same(
    layersOf({ ...site, home: join(linked, "home") }, undefined).map(
      ({ name }) => name,
    ),
    ["package"],
    "the package's own hooks are no site's",
  );
  t.equal(extended(site, list, "owner"), "news-owner@lists.example.org");
  t.equal(
    extended({ ...site, delimiters: "+" }, list, "owner"),
    "news+owner@lists.example.org",
  );
});

t.test("a list on demand has its doors, and its domain's hooks", async (t) => {
  const { home, site, lists, trade } = await tradeOf(t);
  const db = groups(home, "corp.org", ["sales", "dev", "dev-archive"]);
  const sales = lists.get("sales@corp.org");
  if (!sales) throw new Error("no list");
  t.same(
    layersOf(site, sales).map(({ name, dir }) => [name, dir]),
    [
      ["package", packageHooks],
      ["site", join(home, "hooks.d")],
      ["domain", join(home, "lists/@corp.org/hooks.d")],
    ],
  );
  t.match(trade.place((await subject({ list: sales.address })).envelope), {
    environment: { LISTMILL_LIST: "sales@corp.org" },
  });
  const to = async (recipient: string, list = "sales@corp.org") => {
    const { list: at, extension } = await trade.emitted(
      await subject({ list }),
      { recipient },
      NOW,
    );
    return [at, extension];
  };
  t.same(await to("dev@corp.org"), ["dev@corp.org", ""]);
  t.same(await to("nobody@corp.org"), [undefined, undefined]);
  db.exec("DROP TABLE teams");
  t.same(
    await to("sales-archive@corp.org"),
    ["sales@corp.org", "archive"],
    "for its own doors nobody is asked",
  );
  t.same(
    await to("dev-archive@corp.org", "dev@corp.org"),
    ["dev@corp.org", "archive"],
    "a stream is the list's, whatever else has that name",
  );
  await t.rejects(to("new@corp.org"), { name: "Failure", exitCode: 75 });
  const told = await trade.refused(
    await subject({ sender: "whoever@corp.org" }),
    "no",
    NOW,
  );
  t.match(told, { silence: /lists here/ }, "all of the domain is ours");
});

t.test(
  "an event goes into its queue, also of a list that is gone",
  async (t) => {
    const { trade } = await tradeOf(t);
    const gone = "gone@lists.example.org";
    const of = await subject({ list: gone, extension: "events" });
    const recipient = "gone-events@lists.example.org";
    const emission = { queue: "events", recipient };
    const envelope = { list: gone, extension: "events", recipient, sender: "" };
    t.match(await trade.emitted(of, emission, NOW), envelope);
    const post = await subject({ extension: "bounces" });
    t.match(
      await trade.emitted(post, { ...emission, list: gone }, NOW),
      envelope,
    );
    t.match(await trade.emitted(post, emission, NOW), {
      list: news,
      extension: "events",
      origin: `posts/${post.id}`,
    });
  },
);
