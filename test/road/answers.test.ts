// Real mail of programs to the addresses of a list: vacations, receipts, challenges, bounces, reports and
// posts of lists get no answer, wherever they go. People get one; and whoever answers each of our letters
// with the same mail again gets no more than a day's.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { join, relative } from "node:path";
import t, { type Test } from "tap";
import { parseHeader } from "../../src/mail/header.ts";
import { authorOf } from "../../src/mail/message.ts";
import { makeHome, runAll } from "../cli/atHome.ts";
import { corpusSink } from "./corpusSink.ts";

const corpus = "../shared/corpus";
const skip = existsSync(corpus) ? false : `no corpus: ${corpus}`;
const noMail = /\.(json|xml|png|yml|dat|html)$|^(README|COPYING|LICENSE)/;
const doors = ["", "-request", "-subscribe", "-confirm", "-owner"];
const owner = "owner@inside.example";
/** Of a file that holds many messages. */
const MOST = 25;

t.setTimeout(600_000);

interface Mail {
  readonly name: string;
  /** Latin-1 for bytes. */
  readonly text: string;
  /** "" is the null sender. */
  readonly sender: string;
}

interface Expected {
  readonly is_bounce: boolean | null;
  readonly kind?: string;
}

function expectedOf(folder: string): Record<string, Expected> {
  const file = join(corpus, folder, "expected.json");
  return JSON.parse(readFileSync(file, "utf8"));
}

function* mailIn(folder: string): Generator<Mail> {
  for (const entry of readdirSync(join(corpus, folder), {
    recursive: true,
    withFileTypes: true,
  })) {
    if (!entry.isFile() || noMail.test(entry.name)) continue;
    const path = join(entry.parentPath, entry.name);
    const several = apart(readFileSync(path, "latin1"));
    for (const [index, whole] of several.slice(0, MOST).entries()) {
      const text = whole.replace(/^>?From [^\n]*\n/, "");
      const { header } = parseHeader(Buffer.from(text, "latin1"));
      if (header.names().length === 0) continue;
      const name = `${relative(corpus, path)}${index > 0 ? `#${index}` : ""}`;
      yield { name, text, sender: authorOf(header) ?? "unknown@example.org" };
    }
  }
}

/** Messages of an mbox; the file itself where it is none. */
function apart(whole: string): string[] {
  if (!whole.startsWith("From ")) return [whole];
  return whole
    .split(/(?<=^|\n\r?\n)(?=From [^\n]*\d\d:\d\d[^\n]*\n)/)
    .filter((text) => text.trim() !== "");
}

async function build(t: Test) {
  t.teardown(() => {});
  const dir = existsSync("/dev/shm")
    ? await mkdtemp("/dev/shm/listmill-")
    : t.testdir();
  t.teardown(() => rm(dir, { recursive: true }));
  const sink = await corpusSink(t);
  const home = await makeHome(t, {
    dir,
    smtp: sink.url,
    list: { policy: "members", owners: [owner], digest: { enabled: false } },
  });
  return { home, sink };
}

/** What a list, and the way to the archive, put on a post. */
const marks =
  /^(list-|x-mailing-list|mailing-list|x-beenthere|x-mailman|precedence|x-loop|errors-to|sender|return-path|x-list|x-egroups|delivered-to|x-sequence)/;

/** As somebody sent it, without what a list has put on it. */
function asSent(mail: Mail): Mail {
  const bytes = Buffer.from(mail.text, "latin1");
  const { header, bodyStart } = parseHeader(bytes);
  const own = header.only((field) => !marks.test(field)).bytes();
  const text = `${own.toString("latin1")}${header.eol}${bytes.toString("latin1", bodyStart)}`;
  return { ...mail, text };
}

let number = 0;

/** Lays a mail into the Maildir, as it came to an address of the list. */
function bring(home: string, { text, sender }: Mail, door: string): void {
  number += 1;
  const eol = /^[^\n]*\r\n/.test(text) ? "\r\n" : "\n";
  const trace = `Return-Path: <${sender}>${eol}Delivered-To: news${door}@lists.example.org${eol}`;
  const file = join(home, "spool/incoming/new", `${number}.mail`);
  writeFileSync(file, trace + text, "latin1");
}

/** Whoever got a letter, but for the owners. */
function answered(mail: readonly { recipients: readonly string[] }[]) {
  return mail
    .flatMap(({ recipients }) => recipients)
    .filter((address) => address !== owner);
}

t.test("no program is answered", { skip }, async (t) => {
  const { home, sink } = await build(t);
  const table = new Map<string, Expected>();
  for (const folder of ["bounces", "reports"])
    for (const [name, one] of Object.entries(expectedOf(folder)))
      table.set(`${folder}/${name}`, one);
  const counts = new Map<string, number>();
  const feed = (mail: Mail, kind: string, at: readonly string[]) => {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
    for (const door of at) bring(home, mail, door);
  };
  for (const folder of ["bounces", "reports"])
    for (const mail of mailIn(folder)) {
      const { is_bounce, kind = "" } = table.get(mail.name) ?? {
        is_bounce: null,
      };
      const isNotice =
        /vacation|autoreply|challenge/.test(kind) ||
        /^reports\/(autoreply|mdn)\//.test(mail.name);
      const isBounce =
        is_bounce === true ||
        /^reports\/(dsn|misdirected-bounces)\//.test(mail.name);
      if (isNotice) feed(mail, "notices", doors);
      else if (isBounce) feed({ ...mail, sender: "" }, "bounces", doors);
    }
  let turn = 0;
  for (const mail of mailIn("lists")) {
    const { header } = parseHeader(Buffer.from(mail.text, "latin1"));
    if (!header.has("List-Id") && !header.has("Precedence")) continue;
    turn += 1;
    feed(mail, "posts of lists", [doors[turn % doors.length] ?? ""]);
  }
  await runAll(home, { jobs: 8 });
  for (const [kind, count] of counts) t.comment(`${count} ${kind}`);
  t.same(answered(sink.mail), []);
  t.ok((counts.get("notices") ?? 0) > 15);
  t.ok((counts.get("bounces") ?? 0) > 600);
  t.ok((counts.get("posts of lists") ?? 0) > 1000);
  for (const queue of ["incoming", "commands", "outbound", "held", "failed"])
    t.same(readdirSync(join(home, "spool", queue, "new")), [], queue);
});

t.test(
  "whoever answers each letter with the same mail comes to rest",
  { skip },
  async (t) => {
    const { home, sink } = await build(t);
    const reports = [...mailIn("reports"), ...mailIn("bounces")];
    const commands = [...mailIn("reports/commands")].map(asSent);
    const all = [...mailIn("messages"), ...reports];
    // From each address one mail, and whatever people have sent as commands.
    const bySender = new Map<string, { mail: Mail; door: string }>();
    for (const [at, mail] of [...commands, ...all].entries()) {
      const door = at < commands.length ? "-request" : doors[at % doors.length];
      if (!bySender.has(mail.sender.toLowerCase()))
        bySender.set(mail.sender.toLowerCase(), { mail, door: door ?? "" });
    }
    for (const { mail, door } of bySender.values()) bring(home, mail, door);
    await runAll(home, { jobs: 8 });
    const first = new Set(
      answered(sink.mail).map((address) => address.toLowerCase()),
    );
    t.comment(
      `${bySender.size} senders, ${first.size} answered, ${answered(sink.mail).length} letters`,
    );
    const mails = new Map([...first].map((address) => [address, 1]));
    let asked = first;
    for (let round = 1; round <= 12 && asked.size > 0; round += 1) {
      sink.mail.length = 0;
      for (const address of asked) {
        const peer = bySender.get(address);
        if (peer) bring(home, peer.mail, peer.door);
      }
      await runAll(home, { jobs: 8 });
      asked = new Set(
        answered(sink.mail).map((address) => address.toLowerCase()),
      );
      for (const address of asked)
        mails.set(address, (mails.get(address) ?? 0) + 1);
      t.comment(`round ${round}: ${asked.size} answered`);
    }
    t.equal(asked.size, 0, "it comes to rest");
    t.ok(Math.max(...mails.values()) <= 10, "answers.a_day");
    const names = [...first].map(
      (address) => bySender.get(address)?.mail.name ?? `named: ${address}`,
    );
    const ordinary = names.filter((name) => name.startsWith("messages/"));
    t.comment(`${ordinary.length} ordinary messages, and:`);
    for (const name of names) if (!ordinary.includes(name)) t.comment(name);
    t.ok(first.size > 100);
  },
);
