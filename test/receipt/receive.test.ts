import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
} from "node:fs";
import { basename, join } from "node:path";
import t from "tap";
import { Context } from "../../src/cli/context.ts";
import { openMessage } from "../../src/mail/message.ts";
import { introduced } from "../../src/receipt/intake.ts";
import { readEnvelope } from "../../src/spool/envelope.ts";
import { bytes, feed, makeHome, news, waiting } from "../cli/atHome.ts";

const post = "From: Anna <anna@example.com>\nSubject: x\n\nText.\n";

function entry(path = "") {
  const read = readEnvelope(path);
  return {
    text: readFileSync(join(path, "message"), "latin1"),
    inode: statSync(join(path, "message")).ino,
    ...(read.kind === "envelope" ? read.envelope : {}),
  };
}

t.test("a message becomes an entry with its envelope", async (t) => {
  const home = await makeHome(t);
  const ids = await feed(home, post, { sender: "anna@Example.com" });
  const [path = "", ...more] = waiting(home, "incoming");
  t.same(more, []);
  t.same([basename(path).split(".")[2]], ids);
  t.match(entry(path), {
    text: post,
    sender: "anna@example.com",
    recipient: news,
    list: news,
    extension: "",
    origin: "mta",
    history: [],
  });
  t.same(readdirSync(join(home, "spool/incoming/tmp")), [], "no draft is left");
});

t.test("line ends, mbox lines and senders as MTAs write them", async (t) => {
  const home = await makeHome(t);
  const last = () => entry(waiting(home, "incoming").at(-1));
  await feed(home, post.replaceAll("\n", "\r\n"));
  t.equal(last().text, post, "CRLF becomes LF");
  await feed(home, `${post}a\rb\r\r\n`);
  t.equal(last().text, `${post}a\rb\r\n`, "a bare CR stays");
  await feed(home, `From anna@example.com Mon Nov 23 01:00:00 2026\n${post}`);
  t.equal(last().text, post, "an mbox line goes");
  await feed(home, `From a Mon Nov 23\r\n${post.replaceAll("\n", "\r\n")}`);
  t.equal(last().text, post);
  async function* drops() {
    for (const letter of `From a b\r\n${post}`) yield Buffer.from(letter);
  }
  await feed(home, drops());
  t.equal(last().text, post, "byte by byte");
  await feed(home, `From: From x\nSubject: y\n\nFrom here.\n`);
  t.match(last().text, /^From: From x/, "a From field is none");
  for (const sender of ["", "<>", "MAILER-DAEMON", "mailer-daemon"]) {
    await feed(home, post, { sender });
    t.equal(last().sender, "", `"${sender}" is the null sender`);
  }
});

t.test("recipients share the bytes, and each gets it once", async (t) => {
  const home = await makeHome(t);
  await feed(home, post, {
    recipients: [
      news,
      "news-owner@lists.example.org",
      "NEWS@lists.example.org",
      "news+owner@lists.example.org",
      "news-request@lists.example.org",
    ],
  });
  const entries = waiting(home, "incoming").map(entry);
  t.same(
    entries.map(({ extension }) => extension),
    ["", "owner", "request"],
  );
  t.equal(new Set(entries.map(({ inode }) => inode)).size, 1, "one file");
});

t.test("what is refused leaves nothing", async (t) => {
  const home = await makeHome(t, {
    settings: '[limits]\nmessage = "10KB"\nheader = "1KB"\n',
  });
  const refused = async (
    exitCode: number,
    message: RegExp,
    text: string,
    given: Parameters<typeof feed>[2] = {},
  ) => {
    await t.rejects(
      feed(home, text, given),
      { exitCode, message },
      `${message}`,
    );
    t.same(waiting(home, "incoming"), []);
    t.same(readdirSync(join(home, "spool/incoming/tmp")), []);
  };
  const to = (...recipients: string[]) => ({ recipients });
  await refused(67, /no such list here/, post, to("nobody@lists.example.org"));
  await refused(67, /no such list here/, post, to("news@elsewhere.org"));
  await refused(67, /no such list here/, post, to("not an address"));
  await refused(
    67,
    /no such list here/,
    post,
    to("news-stuff@lists.example.org"),
  );
  await refused(67, /nobody/, post, to(news, "nobody@lists.example.org"));
  await refused(
    77,
    /takes no mail from outside/,
    post,
    to("news-archive@lists.example.org"),
  );
  await refused(77, /larger than 10240 bytes/, `${post}${"x".repeat(20_000)}`);
  await refused(
    77,
    /header is larger than 1024 bytes/,
    `X-Long: ${"x".repeat(2000)}\n${post}`,
  );
  await refused(65, /no header field/, "Hello world\n\nText.\n");
  await refused(65, /no header field/, "");
  await refused(65, /no header field/, "\n\n");
  await refused(65, /not an address/, post, { sender: "a b@c" });
  await refused(64, /no recipient/, post, to());
  async function* broken() {
    yield* bytes(post);
    throw new Error("the pipe broke");
  }
  await t.rejects(feed(home, broken()), { message: "the pipe broke" });
  t.same(waiting(home, "incoming"), []);
});

t.test("nothing is laid where the spool is not mounted", async (t) => {
  const home = await makeHome(t);
  const spool = join(home, "spool");
  renameSync(spool, `${spool}.away`);
  for (const empty of [false, true]) {
    if (empty) mkdirSync(spool);
    await t.rejects(feed(home, post), {
      exitCode: 75,
      message: `${spool}/incoming/tmp: this folder is missing; mount it, or make it with: listmill init`,
    });
  }
  t.same(readdirSync(spool), [], "no folder is made");
  rmdirSync(spool);
  renameSync(`${spool}.away`, spool);
  t.equal((await feed(home, post)).length, 1);
});

t.test("without arguments the MTA's own lines say it", async (t) => {
  const home = await makeHome(t);
  await feed(
    home,
    `Return-Path: <r@example.net>\nDelivered-To: ${news}\n${post}`,
    {
      recipients: [],
    },
  );
  t.match(entry(waiting(home, "incoming")[0]), { list: news, recipient: news });
  await t.rejects(
    feed(home, `Received: by x\nDelivered-To: ${news}\n${post}`, {
      recipients: [],
    }),
    { exitCode: 64, message: /no recipient/ },
    "a field below Received may be a stranger's",
  );
});

t.test("the envelope of a Maildir file", async (t) => {
  const home = await makeHome(t);
  const list = new Context(home, false).lists.get(news);
  if (!list) throw new Error("no list");
  const of = async (text: string) =>
    introduced(
      await openMessage([Buffer.from(text)], 10_000),
      async (recipient) =>
        recipient === news ? { list, extension: "" } : undefined,
      0,
    );
  t.same(await of(`Return-Path: <>\nDelivered-To: ${news}\n${post}`), {
    sender: "",
    recipient: news,
    list: news,
    extension: "",
    origin: "mta",
    received: "1970-01-01T00:00:00.000Z",
    history: [],
  });
  t.match(await of(`Delivered-To: ${news}\n${post}`), {
    sender: "anna@example.com",
  });
  const unknown = await of(`Delivered-To: else@example.org\n${post}`);
  t.match(unknown, { recipient: "else@example.org" });
  t.notOk("list" in unknown);
  t.match(await of(post), { recipient: "" });
});
