// Two thousand hostile mails to the command addresses of a list, all at once: each comes to an end,
// nobody joins or leaves by any of them, and the letters that go out are fit to be sent, to whom they are
// about, with nothing in them that is somebody else's.
import { spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { Failure } from "../../src/base/errors.ts";
import { Context } from "../../src/cli/context.ts";
import { keyringOf } from "../../src/lists/keyring.ts";
import { answerIn, returnOf } from "../../src/lists/tokens.ts";
import { canonical } from "../../src/mail/address.ts";
import { feed, makeHome, news, runAll } from "../cli/atHome.ts";
import { corpusSink, type Delivered } from "./corpusSink.ts";
import { type Hostile, hostileMails, latin, nested } from "./nasty.ts";

t.setTimeout(300_000);

const secret = "secret@lists.example.org";
const member = "member@inside.example";
const moderator = "maria@inside.example";
/** More than the limits of a site would let through, so that all is answered. */
const loose =
  "[answers]\na_day = 100\nrequests = 100\nrequests_sender = 100000\nrequests_list = 1000000\n";

/** In memory where that can be: thousands of messages are synced to disk several times each. */
async function folder(t: Test): Promise<string> {
  if (!existsSync("/dev/shm")) return t.testdir();
  const made = await mkdtemp("/dev/shm/listmill-");
  t.teardown(() => rm(made, { recursive: true }));
  return made;
}

/** A home with a list and a secret one, each with a member and a post. */
async function build(t: Test, limits = loose) {
  const sink = await corpusSink(t);
  const home = await makeHome(t, {
    dir: await folder(t),
    smtp: sink.url,
    settings: limits,
    list: {
      policy: "members",
      digest: { enabled: false },
      moderators: [moderator],
      owners: [moderator],
    },
  });
  const { lists, roster, site, clock } = new Context(home, false);
  await lists.create(secret, { policy: "members", others: "reject" });
  const keyring = await keyringOf(home, clock);
  for (const [list, who] of [
    [news, member],
    [secret, "spy@inside.example"],
  ] as const) {
    await roster.add(list, who);
    const post = `From: ${who}\nSubject: Hidden tea\nMessage-ID: <1@${list}>\n\nHidden words.\n`;
    await feed(home, post, { sender: who, recipients: [list] });
  }
  await runAll(home);
  sink.mail.length = 0;
  const token = (address: string, said: Said) => {
    const list = lists.get(address);
    if (!list) throw new Error(address);
    return returnOf({ site, list, keyring }, "confirm", said, clock.now())
      .token;
  };
  type Said = Parameters<typeof returnOf>[2];
  const whole = token(secret, {
    action: "subscribe",
    more: "posts",
    address: "w@inside.example",
  });
  const tokens = {
    // Each is right, but for another list, or not whole.
    TOKEN: whole,
    UPPER: whole.toUpperCase(),
    CUT: token(news, {
      action: "subscribe",
      more: "posts",
      address: "x@inside.example",
    }).slice(0, -1),
    MODERATE: token(secret, {
      action: "moderate",
      more: "0123456789ab",
      address: moderator,
    }),
  };
  t.match(
    answerIn({ list: lists.get(secret) as never, keyring }, whole, []),
    { kind: "ok" },
    "it would do where it belongs",
  );
  return { home, sink, roster, tokens };
}

/** Lays mails into the Maildir; what no MTA would deliver is refused at the pipe. @returns how many */
async function bring(
  t: Test,
  home: string,
  mails: readonly Hostile[],
): Promise<number> {
  let refused = 0;
  for (const [at, { sender, recipient, source }] of mails.entries()) {
    // Every tenth by the pipe, with the rest by the Maildir.
    if (at % 10 === 0 || canonical(recipient) === undefined) {
      try {
        await feed(home, source, { sender, recipients: [recipient] });
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        if (![65, 67, 77].includes(error.exitCode)) t.fail(error.message);
        refused += 1;
      }
      continue;
    }
    const trace = `Return-Path: <${sender}>\r\nDelivered-To: ${recipient}\r\n`;
    writeFileSync(
      join(home, "spool/incoming/new", `${at}.mail`),
      trace + source,
      "latin1",
    );
  }
  return refused;
}

function entries(home: string, queue: string): string[] {
  const place = join(home, "spool", queue, "new");
  const names = existsSync(place) ? readdirSync(place) : [];
  // A look at the bounces of a day is not due before the day is over.
  return names.filter((name) => Number.parseInt(name, 10) <= Date.now() / 1000);
}

async function members(home: string, list: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { address } of new Context(home, false).roster.members(list))
    found.push(address);
  return found;
}

const known = new Set(
  "from to subject date message-id reply-to in-reply-to references precedence x-auto-response-suppress x-beenthere auto-submitted mime-version content-type content-transfer-encoding content-language".split(
    " ",
  ),
);

const FROM = "From: news <news-owner@lists.example.org>";

/** What is wrong with a letter as bytes; "" where nothing is. */
function wrongWith(source: string, address: string): string {
  const end = source.indexOf("\r\n\r\n");
  const head = source.slice(0, end);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
  if (/\r(?!\n)|(?<!\r)\n|[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(head))
    return "a control character in the header";
  const names: string[] = [];
  for (const line of head.split("\r\n")) {
    if (line.length > 998) return `a line of ${line.length} in the header`;
    if (/^[ \t]/.test(line)) continue;
    const name = /^([!-9;-~]+): /.exec(line)?.[1]?.toLowerCase();
    if (!name || !known.has(name)) return `not a field of ours: ${line}`;
    names.push(name);
  }
  if (new Set(names).size < names.length) return `a field twice: ${names}`;
  for (const name of ["from", "to", "subject", "date", "message-id"])
    if (!names.includes(name)) return `no ${name}`;
  const unfolded = head.replaceAll("\r\n ", " ").split("\r\n");
  if (!unfolded.includes(FROM)) return "From";
  const to = unfolded.find((line) => line.startsWith("To: ")) ?? "";
  if (to.slice(4) !== address) return "To";
  return "";
}

/** Words that no letter may have. */
const insides =
  /\bError\b|undefined|\[object|\bNaN\b|native code|\bat \S+ \(|node:|node_modules|\.ts\b|ENOENT|SQLITE|root:x:/;
const hidden = /Hidden|spy@|secret@|\bw@inside/;

/** Checks letters that went out. @returns how many questions to confirm are among them */
function check(
  t: Test,
  home: string,
  mails: readonly Hostile[],
  letters: readonly Delivered[],
): number {
  let questions = 0;
  const problems: string[] = [];
  for (const { recipients, bytes } of letters) {
    const source = bytes.toString("latin1");
    const [to = "", ...others] = recipients;
    const tell = (what: string) =>
      problems.push(`${to}: ${what}\n${source.slice(0, 3000)}`);
    const isQuestion = /^Reply-To: news-confirm/m.test(source);
    const [, kind, number] = /@(?:.*\.)?([ev])(\d+)\.example$/.exec(to) ?? [];
    const asked = mails[Number(number)];
    // The owners read what is for them, and the list's members their posts.
    const isStaff = to === moderator;
    // Somebody wants to have the member leave.
    const isInside = to === member && isQuestion;
    if (others.length > 0) tell("several recipients");
    if (!isStaff && !isInside && !asked) tell("to nobody of the mails");
    if (isStaff) continue;
    const wrong = wrongWith(source, latin(canonical(to) ?? ""));
    if (wrong) tell(wrong);
    const text = decoded(source);
    if (insides.test(text)) tell(`insides: ${insides.exec(text)}`);
    if (text.includes(home)) tell("a path");
    if (
      hidden.test(
        text.replaceAll("secret@lists.example.org", (all) =>
          asked?.source.includes(all) ? "" : all,
        ),
      )
    )
      tell(`hidden: ${hidden.exec(text)}`);
    for (const [, canary] of text.matchAll(/kanari(\d+)x/g))
      if (canary !== number) tell("another mail's words");
    if (isQuestion) questions += 1;
    if (isQuestion && /kanari|evil|Bcc/.test(text)) tell("quotes the request");
    // Anybody can write anybody's address into From, and be answered there.
    const isSpoofed = /^From: (<victim@v|\S+\rBcc: victim)/m.test(
      asked?.source ?? "",
    );
    if (kind === "v" && !isQuestion && !isSpoofed) tell("no question");
  }
  t.same(problems.slice(0, 5), [], `${problems.length} letters are wrong`);
  return questions;
}

/** The text with quoted-printable undone. */
function decoded(source: string): string {
  return source
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/g, (_, hex) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
}

t.test("two thousand hostile mails", async (t) => {
  const { home, sink, tokens } = await build(t);
  const mails = hostileMails(2000, tokens);
  const refused = await bring(t, home, mails);
  const before = process.memoryUsage().rss;
  let most = before;
  const trouble: string[] = [];
  const began = performance.now();
  await runAll(home, {
    jobs: 8,
    log(where, what) {
      most = Math.max(most, process.memoryUsage().rss);
      // The server of the test knows no quoted local parts.
      if (/501 Error: Bad recipient/.test(what)) return;
      if (/try again|later|failed|throws|\bError\b/.test(what))
        trouble.push(`${where}: ${what}`);
    },
  });
  const seconds = (performance.now() - began) / 1000;
  const questions = check(t, home, mails, sink.mail);
  t.comment(
    `${mails.length} mails in ${seconds.toFixed(0)} s, ${refused} refused at the door; ${sink.mail.length} letters, ${questions} questions; ${Math.round((most - before) / 1e6)} MB more`,
  );
  t.same(trouble.slice(0, 5), [], `${trouble.length} had trouble`);
  for (const queue of [
    ...["incoming", "commands", "posts", "owner", "outbound", "moderators"],
    ...["held", "failed"],
  ])
    t.same(entries(home, queue), [], `nothing is left in ${queue}`);
  t.same(await members(home, news), [member]);
  t.same(await members(home, secret), ["spy@inside.example"]);
  t.ok(questions > 100);
  t.ok(most - before < 800e6, "with all mails and letters in this process");
});

/** The heaviest that a mail can be, each a mail of its own. */
function bombs(): [string, string][] {
  const html = "Content-Type: text/html\n\n";
  const rest = (name: string, text: string) =>
    [name, `Subject: help\n${text}`] as [string, string];
  return [
    rest("a line of 10 MB", `\n${"a".repeat(10_000_000)}`),
    rest("10 MB of blanks", `\n${" ".repeat(10_000_000)}x`),
    rest("a million commands", `\n${"help me now\n".repeat(800_000)}`),
    rest("a million signatures", `\n${"-- \n".repeat(2_000_000)}`),
    rest("a million quotes", `\n${"> ".repeat(4_000_000)}`),
    rest("200 multiparts deep", nested(200, "help")),
    rest("5,000 multiparts deep", nested(5000, "help")),
    rest(
      "50,000 parts",
      `Content-Type: multipart/mixed; boundary=b\n\n${"--b\n\nhelp\n".repeat(50_000)}`,
    ),
    rest("entities", `${html}${"&lt;".repeat(2_000_000)}`),
    rest("broken entities", `${html}${"&#x".repeat(2_000_000)}`),
    rest("deep HTML", `${html}${"<div>".repeat(1_000_000)}`),
    rest("deep and small HTML", `${html}${"<div>".repeat(20_000)}help`),
    rest("tables", `${html}${"<table><tr><td>".repeat(400_000)}`),
    rest("attributes", `${html}<p ${"a='1' ".repeat(1_000_000)}>help`),
    rest("comments", `${html}${"<!--".repeat(1_500_000)}`),
    rest("open tags", `${html}${"<a ".repeat(2_000_000)}`),
    rest("links", `${html}${"<a href=x>help</a>".repeat(25_000)}`),
    rest(
      "base64 that is none",
      `Content-Transfer-Encoding: base64\n\n${"====".repeat(2_000_000)}`,
    ),
    rest(
      "quoted-printable without an end",
      `Content-Transfer-Encoding: quoted-printable\n\n${"=\n".repeat(3_000_000)}`,
    ),
    rest(
      "escapes of ISO-2022-JP",
      `Content-Type: text/plain; charset=iso-2022-jp\n\n${"\x1b$B\x1b(B".repeat(1_000_000)}`,
    ),
    rest(
      "parameters",
      `Content-Type: text/plain${";a*0=b".repeat(40_000)}\n\nhelp`,
    ),
    rest("fields", `${"X: y\n".repeat(40_000)}\nhelp`),
    [
      "a subject of words",
      `Subject: ${"=?utf-8?q?help?= ".repeat(14_000)}\n\n`,
    ],
    ["a subject of answers", `Subject: ${"Re: ".repeat(60_000)}\n\n`],
    ["a subject of brackets", `Subject: ${"[".repeat(250_000)}\n\n`],
    ["tokens", `Subject: ${`confirm ${"a".repeat(399)}1 `.repeat(600)}\n\n`],
    rest("a text of tokens", `\n${"confirm ".repeat(1_000_000)}`),
    ["commas", `Subject: help\nTo: ${",".repeat(250_000)}\n\n`],
    ["comments in From", `From: ${"(".repeat(250_000)}\nSubject: help\n\n`],
    [
      "addresses",
      `Subject: subscribe ${"<eve@e29.example>".repeat(50_000)}\n\n`,
    ],
    ["quotes in From", `From: ${'"\\'.repeat(120_000)}\nSubject: help\n\n`],
  ];
}

t.test("the heaviest mails, in 192 MB", async (t) => {
  const { home, sink } = await build(t);
  const all = bombs();
  for (const [at, [, source]] of all.entries()) {
    const from = /^From: /m.test(source.slice(0, 100))
      ? ""
      : `From: eve@e${at}.example\n`;
    const to =
      at % 2 === 0
        ? "request"
        : source.includes("confirm")
          ? "confirm"
          : "request";
    writeFileSync(
      join(home, "spool/incoming/new", `${at}.mail`),
      `Return-Path: <eve@e${at}.example>\nDelivered-To: news-${to}@lists.example.org\n${from}${source}`,
    );
  }
  const began = performance.now();
  const run = spawn(
    process.execPath,
    [
      "--max-old-space-size=192",
      "src/main.ts",
      "--home",
      home,
      "run",
      "--until-empty",
      "--jobs",
      "1",
    ],
    { stdio: ["ignore", "ignore", "pipe"] },
  );
  let most = 0;
  const look = setInterval(() => {
    const status = readFileSync(`/proc/${run.pid}/status`, "utf8");
    most = Math.max(
      most,
      Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1000,
    );
  }, 20);
  let log = "";
  run.stderr.on("data", (data) => {
    log += data;
  });
  const code = await new Promise((done) => run.once("close", done));
  clearInterval(look);
  const seconds = (performance.now() - began) / 1000;
  t.comment(
    `${all.length} mails in ${seconds.toFixed(0)} s, ${Math.round(most)} MB at most, ${sink.mail.length} letters`,
  );
  t.equal(code, 0, log.slice(-2000));
  const mails = all.map(([, source], at) => ({
    sender: `eve@e${at}.example`,
    recipient: "",
    source: latin(source),
  }));
  check(t, home, mails, sink.mail);
  for (const queue of ["incoming", "commands", "outbound", "held", "failed"])
    t.same(entries(home, queue), [], `nothing is left in ${queue}`);
  t.ok(most < 500, "memory stays flat");
});

t.test("who writes for somebody else again and again", async (t) => {
  const { home, sink } = await build(t, "");
  const mails = Array.from({ length: 300 }, (_, at) => {
    const mine = at % 2 === 0;
    return {
      sender: `eve@e${at}.example`,
      recipient: "news-request@lists.example.org",
      source: mine
        ? "From: Ann@V1.example\nSubject: help\n\n"
        : `From: eve@e${at}.example\nSubject: set digest ben@v2.example\n\n`,
    };
  });
  await bring(t, home, mails);
  await runAll(home, { jobs: 8 });
  const to = (address: string) =>
    sink.mail.filter(({ recipients }) => recipients.includes(address)).length;
  t.equal(to("Ann@v1.example"), 10, "answers.a_day");
  t.equal(to("ben@v2.example"), 5, "answers.requests");
  t.equal(sink.mail.length, 15);
});
