import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import t, { type Test } from "tap";
import { Context } from "../../src/cli/context.ts";
import type { OpenDoor } from "../../src/receipt/listening.ts";
import { openLmtp } from "../../src/receipt/lmtp.ts";
import { readEnvelope } from "../../src/spool/envelope.ts";
import { makeHome, news, until, waiting } from "../cli/atHome.ts";
import { Talk } from "./talk.ts";

const sender = "anna@example.com";
const small = "small@lists.example.org";
const post = "From: Anna <anna@example.com>\nSubject: x\n\n.Text.\n";

interface Office {
  readonly home: string;
  readonly door: OpenDoor;
  readonly lines: string[];
}

async function office(
  t: Test,
  { site = "", listen = "127.0.0.1:0" } = {},
): Promise<Office> {
  const home = await makeHome(t, {
    settings: `${site}\n[lmtp]\nlisten = "${listen}"\ntimeout = "5s"\nclients = 3\n`,
  });
  const context = new Context(home, false);
  await context.lists.create(small, { message_limit: "1KB" });
  const lines: string[] = [];
  const door = await open(t, home, lines);
  return { home, door, lines };
}

async function open(t: Test, home: string, lines: string[] = []) {
  const { site, lists, spool, clock } = new Context(home, false);
  const log = (where: string, what: string) => lines.push(`${where}: ${what}`);
  const door = await openLmtp({ site, lists, spool, clock, log });
  t.teardown(() => door.close());
  return door;
}

async function talkTo(t: Test, { door }: Office): Promise<Talk> {
  const talk = await Talk.at(door.where);
  t.teardown(() => talk.close());
  return talk;
}

/** Up to DATA. */
async function begin(talk: Talk, ...recipients: string[]): Promise<string[]> {
  return talk.all(
    `MAIL FROM:<${sender}>`,
    ...recipients.map((recipient) => `RCPT TO:<${recipient}>`),
    "DATA",
  );
}

function entries(home: string) {
  return waiting(home, "incoming").map((path) => {
    const read = readEnvelope(path);
    return {
      id: basename(path).split(".")[2],
      text: readFileSync(join(path, "message"), "latin1"),
      inode: statSync(join(path, "message")).ino,
      ...(read.kind === "envelope" ? read.envelope : {}),
    };
  });
}

const drafts = (home: string) => readdirSync(join(home, "spool/incoming/tmp"));

t.test("what it offers is what MTAs want", async (t) => {
  const at = await office(t, { site: '[limits]\nmessage = "1MB"' });
  const talk = await Talk.silent(at.door.where);
  t.teardown(() => talk.close());
  t.match(await talk.reply(), /^220 mill\.example\.org LMTP/);
  t.match(await talk.say("EHLO x"), /^500/, "it is no SMTP server");
  t.match(await talk.say("MAIL FROM:<>"), /^503/);
  const offers = (await talk.say("LHLO mx.example.org")).split(/\n\d{3}[ -]/);
  t.same(offers.slice(1).sort(), [
    "8BITMIME",
    "ENHANCEDSTATUSCODES",
    "PIPELINING",
    "SIZE 1048576",
    "SMTPUTF8",
  ]);
  t.match(await talk.say("VRFY news"), /^252/);
  t.match(await talk.say("NOOP"), /^250 2\.0\.0/);
  t.match(await talk.say("QUIT"), /^221 2\.0\.0/);
  t.equal(await talk.reply(), "", "and closes");
});

t.test("each recipient has its own reply, and shares the bytes", async (t) => {
  const at = await office(t);
  const talk = await talkTo(t, at);
  const replies = await begin(
    talk,
    news,
    "nobody@lists.example.org",
    "news-owner@lists.example.org",
    "NEWS@lists.example.org",
    "news-archive@lists.example.org",
    "news@elsewhere.org",
  );
  const wanted = [
    /^250 2\.1\.0 /,
    /^250 2\.1\.5 /,
    /^550 5\.1\.1 <nobody@lists\.example\.org>: no such list here$/,
    /^250 2\.1\.5 /,
    /^250 2\.1\.5 /,
    /^550 5\.7\.1 <news-archive@lists\.example\.org>: this address takes no mail from outside$/,
    /^550 5\.1\.1 <news@elsewhere\.org>/,
    /^354 /,
  ];
  for (const [index, pattern] of wanted.entries())
    t.match(replies[index], pattern);
  const told = await talk.message(post, 3);
  const found = entries(at.home);
  t.same(
    found.map(({ extension }) => extension),
    ["", "owner"],
    "two spellings of one list are one post",
  );
  const [first, owner] = found.map(({ id }) => id);
  for (const [index, id] of [first, owner, first].entries())
    t.match(told[index], new RegExp(`^250 2\\.6\\.0 ${id} `));
  t.equal(new Set(found.map(({ inode }) => inode)).size, 1, "one file");
  t.match(found[0], { text: post, sender, recipient: news, list: news });
  t.match(
    at.lines.join("\n"),
    new RegExp(
      `^lmtp: incoming/${first}: from=<${sender}> to=<${news}> size=${post.length}$`,
      "m",
    ),
  );
  t.same(drafts(at.home), [], "no draft is left");
  t.match((await begin(talk, news)).at(-1), /^354/, "and the next message");
  t.match(await talk.message(post), [/^250 2\.6\.0/]);
});

t.test("senders: null, with UTF-8, and none at all", async (t) => {
  const at = await office(t);
  const talk = await talkTo(t, at);
  t.match(await talk.say("MAIL FROM:<a..b@x>"), /^553 5\.1\.7/);
  t.match(await talk.say(`RCPT TO:<${news}>`), /^503/);
  t.match(
    (await talk.all("MAIL FROM:<>", `RCPT TO:<${news}>`, "DATA"))[2],
    /^354/,
  );
  await talk.message(post);
  t.match(
    (
      await talk.all(
        "MAIL FROM:<jürgen@exämple.org> SMTPUTF8 BODY=8BITMIME",
        `RCPT TO:<${news}>`,
        "DATA",
      )
    )[2],
    /^354/,
  );
  t.match(await talk.message(post), [/^250/]);
  t.same(
    entries(at.home).map((entry) => entry.sender),
    ["", "jürgen@xn--exmple-cua.org"],
  );
});

t.test("sizes: the site's, the list's, the header's", async (t) => {
  const at = await office(t, {
    site: '[limits]\nmessage = "100KB"\nheader = "1KB"',
  });
  const talk = await talkTo(t, at);
  t.match(await talk.say("MAIL FROM:<> SIZE=200000"), /^552 5\.3\.4/);
  const announced = await talk.all(
    "MAIL FROM:<> SIZE=5000",
    `RCPT TO:<${small}>`,
    `RCPT TO:<${news}>`,
    "RSET",
  );
  t.match(announced[1], /^552 5\.3\.4 <small@.* larger than 1024 bytes/);
  t.match(announced[2], /^250/);
  await begin(talk, small, news);
  const body = `${"x".repeat(70)}\n`;
  t.match(await talk.message(`${post}${body.repeat(20)}`, 2), [
    /^552 5\.3\.4 <small@.* limit of this list$/,
    /^250 2\.6\.0/,
  ]);
  t.same(
    entries(at.home).map(({ list }) => list),
    [news],
  );
  await begin(talk, small, news);
  t.match(await talk.message(`${post}${body.repeat(2000)}`, 2), [
    /^552 5\.3\.4 the message is larger than 102400 bytes/,
    /^552 5\.3\.4/,
  ]);
  await begin(talk, news);
  t.match(await talk.message(`X-Long: ${"x".repeat(900)}\n${post}${post}`), [
    /^250/,
  ]);
  await begin(talk, news);
  const long = Array.from({ length: 30 }, (_, n) => `X-${n}: ${body}`).join("");
  t.match(await talk.message(`${long}${post}`), [
    /^552 5\.3\.4 the header is larger than 1024 bytes/,
  ]);
  await begin(talk, news);
  t.match(await talk.message("\nno header\n"), [/^554 5\.6\.0 .*no header/]);
  await begin(talk, news);
  t.match(await talk.message(""), [/^554 5\.6\.0/]);
  t.equal(entries(at.home).length, 2, "only what was taken is there");
  const refused = at.lines.filter((line) => / 552 /.test(line));
  t.match(
    refused,
    [
      /^lmtp: 127\.0\.0\.1: 552 .*maximum message size 102400$/,
      /552 5\.3\.4 <small@.* limit of this list \(from=<> size=5000\)$/,
      /552 5\.3\.4 <small@.* limit of this list \(from=<.*> size=\d+\)$/,
      /552 5\.3\.4 the message is larger than 102400 bytes/,
      /552 5\.3\.4 the header is larger than 1024 bytes/,
    ],
    "each refusal is logged",
  );
  t.equal(refused.length, 5);
  t.same(drafts(at.home), []);
});

t.test("what cannot be told or stored waits with the MTA", async (t) => {
  const at = await office(t);
  const talk = await talkTo(t, at);
  const file = join(at.home, "lists", "small@lists.example.org", "list.toml");
  const good = readFileSync(file);
  writeFileSync(file, "post = 7\n");
  const [, broken] = await talk.all(
    "MAIL FROM:<>",
    "RCPT TO:<small@lists.example.org>",
    "RSET",
  );
  t.match(broken, /^451 4\.3\.0 <small@/);
  t.notMatch(broken, at.home, "no path is told to strangers");
  t.match(at.lines.join("\n"), /small@.*list\.toml/, "the log tells it");
  writeFileSync(file, good);
  const tmp = join(at.home, "spool/incoming/tmp");
  await begin(talk, news, "news-owner@lists.example.org");
  renameSync(tmp, `${tmp}.kept`);
  t.match(await talk.message(post, 2), [/^451 4\.3\.1/, /^451 4\.3\.1/]);
  await begin(talk, news);
  t.match(await talk.message(post), [/^451 4\.3\.1 the message cannot be/]);
  t.match(
    at.lines.at(-1),
    `451 not now: ${tmp}: this folder is missing; mount it`,
  );
  t.notOk(existsSync(tmp), "it is not made where a mount is missing");
  renameSync(`${tmp}.kept`, tmp);
  t.same(waiting(at.home, "incoming"), []);
  await begin(talk, news);
  t.match(await talk.message(post), [/^250/], "and is taken when all is well");
});

t.test("a client that hangs up leaves nothing", async (t) => {
  const at = await office(t);
  const talk = await talkTo(t, at);
  await begin(talk, news);
  talk.socket.write(`${post.replaceAll("\n", "\r\n")}${"y".repeat(100_000)}`);
  t.ok(await until(() => drafts(at.home).length === 1), "a draft is begun");
  talk.close();
  t.ok(await until(() => drafts(at.home).length === 0), "and thrown away");
  t.same(waiting(at.home, "incoming"), []);
  const other = await talkTo(t, at);
  await begin(other, news);
  t.match(await other.message(post), [/^250/], "others are served");
});

t.test("a client that shuts its side at once gets its replies", async (t) => {
  const at = await office(t);
  const talk = await talkTo(t, at);
  await begin(talk, news);
  talk.socket.end(`${post.replaceAll("\n", "\r\n")}\r\n.\r\nQUIT\r\n`);
  t.match(await talk.reply(), /^250 2\.6\.0/);
  t.match(await talk.reply(), /^221/);
  t.equal(await talk.reply(), "", "and it is let go");
  const half = await talkTo(t, at);
  await begin(half, news);
  half.socket.end("Subject: half\r\n\r\nA message without its");
  t.equal(await half.reply(), "");
  t.ok(await until(() => drafts(at.home).length === 0), "no half message");
  t.equal(waiting(at.home, "incoming").length, 1);
});

t.test("a line that is no command, and too many clients", async (t) => {
  const at = await office(t);
  const talks = [];
  for (let n = 0; n < 3; n += 1) talks.push(await talkTo(t, at));
  const more = await Talk.silent(at.door.where);
  t.match(await more.reply(), /^421 /);
  more.close();
  talks[0]?.socket.write("x".repeat(100_000));
  t.match(await talks[0]?.reply(), /^421 /);
  t.match(await talks[1]?.say("rubbish\0"), /^500 5\.5\.2/);
  t.match(await talks[1]?.say("RCPT TO:<a@b"), /^501/);
  t.match(await talks[1]?.say(`MAIL FROM:<${sender}>`), /^250/);
  t.match(await talks[1]?.say("RCPT TO:<postmaster>"), /^550 5\.1\.1/);
});

t.test(
  "closing finishes what is in flight and takes nothing new",
  async (t) => {
    const at = await office(t);
    const idle = await talkTo(t, at);
    const busy = await talkTo(t, at);
    await begin(busy, news);
    busy.socket.write("From: a@example.com\r\n");
    const closed = at.door.close();
    t.match(await idle.reply(), /^421 4\.3\.2/);
    t.equal(await idle.reply(), "");
    await t.rejects(Talk.silent(at.door.where), { code: "ECONNREFUSED" });
    t.match(await busy.message("\nText.\n"), [/^250 2\.6\.0/]);
    t.match(await busy.reply(), /^421/);
    await closed;
    t.equal(entries(at.home).length, 1);
  },
);

t.test("a socket: its permissions, a stale one, a live one", async (t) => {
  // The path of a socket has 107 bytes at most.
  const dir = mkdtempSync(join(tmpdir(), "lmtp-"));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  const home = await makeHome(t, {
    dir,
    settings: '[lmtp]\nlisten = "run/lmtp"\nsocket_mode = "0606"\n',
  });
  const path = join(home, "run/lmtp");
  const lines: string[] = [];
  const first = await open(t, home, lines);
  t.equal(
    statSync(join(home, "run")).mode & 0o777,
    0o750,
    "its folder is made",
  );
  await first.close();
  const left = createServer();
  await new Promise<void>((done) => left.listen(path, done));
  await t.rejects(open(t, home), { exitCode: 78, message: /listens there/ });
  const stale = `${path}.stale`;
  renameSync(path, stale);
  await new Promise((done) => left.close(done));
  renameSync(stale, path);
  const door = await open(t, home);
  t.equal(door.where, path);
  t.equal(statSync(path).mode & 0o777, 0o606);
  const talk = await Talk.at(path);
  await begin(talk, news);
  t.match(await talk.message(post), [/^250/]);
  talk.close();
  await door.close();
  t.notOk(existsSync(path), "it is gone with the door");
  writeFileSync(path, "notes");
  await t.rejects(open(t, home), { exitCode: 78, message: /no socket/ });
  t.equal(readFileSync(path, "utf8"), "notes");
  const folder = join(home, "../nowhere-at-all");
  writeFileSync(
    join(home, "listmill.toml"),
    `[lmtp]\nlisten = "${folder}/lmtp"\n`,
  );
  await t.rejects(open(t, home, lines), {
    exitCode: 78,
    message: `[lmtp] listen = "${resolve(folder)}/lmtp": there is no folder ${resolve(folder)}; make it, or set another place`,
  });
  t.notOk(existsSync(folder), "elsewhere none is made");
  t.same(lines, [], "what is thrown is not logged too");
});

t.test("a port that is taken is told", async (t) => {
  const at = await office(t);
  const home = await makeHome(t, {
    dir: t.testdir({}),
    settings: `[lmtp]\nlisten = "${at.door.where}"\n`,
  });
  const lines: string[] = [];
  await t.rejects(open(t, home, lines), {
    exitCode: 78,
    message: /EADDRINUSE.*; end what listens there, or set another place/,
  });
  t.same(lines, [], "once");
  writeFileSync(
    join(home, "listmill.toml"),
    '[lmtp]\nlisten = "192.0.2.1:8024"\n',
  );
  await t.rejects(open(t, home, lines), {
    exitCode: 78,
    message: /EADDRNOTAVAIL[^;]*; set another place$/,
  });
});
