// Posts of a real mill in other archives: mailboxes, a Maildir that Dovecot shows, an inbox that public-inbox
// serves, MHonArc's pages, a web server. Each gets each post once, also when the runner is killed anywhere.
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import {
  inInbox,
  inMailbox,
  Mailboxes,
  pages,
  publicInbox,
  webServer,
} from "./archives.ts";
import { countingSink } from "./countingsink.ts";
import { idOf, list, Mill, names } from "./mill.ts";
import { call, needServers, Servers } from "./servers.ts";

const author = "anna@x.example";
const mailbox = "lists_example_org.dev";

t.setTimeout(300_000);

interface Archives {
  readonly mill: Mill;
  readonly mailboxes: Mailboxes;
  readonly web: Awaited<ReturnType<typeof webServer>>;
  readonly folder: string;
  /** @param index whether public-inbox-index is run */
  settle(index: boolean): void;
}

async function open(t: Test): Promise<Archives> {
  const servers = new Servers(t);
  const mailboxes = await Mailboxes.start(servers);
  const web = await webServer(t);
  const sink = await countingSink();
  t.teardown(() => sink.close());
  const folder = join(servers.dir, "home");
  const mill = await Mill.make(folder, {
    smtp: sink.url,
    members: [author],
    list: "[digest]\nenabled = false\n",
  });
  const settle = (index: boolean) =>
    mill.settle(
      `
[archive.mbox]
[archive.maildir]
folder = "${mailboxes.folder}"
[archive.public_inbox]
index = ${index}
[archive.mhonarc]
[archive.http]
url = "${web.url}"
[outbound]
rate = 0
`,
      sink.url,
    );
  return { mill, mailboxes, web, folder, settle };
}

/** Brings a message as it is, Latin-1. */
function drop({ mill }: Pick<Archives, "mill">, id: string, text: string) {
  const trace = `Return-Path: <${author}>\nDelivered-To: ${list}\n`;
  const draft = mill.spool("incoming", "tmp", id);
  writeFileSync(draft, trace + text, { encoding: "latin1", mode: 0o640 });
  renameSync(draft, mill.spool("incoming", "new", id));
}

const post = (id: string, body: string) =>
  `From: Anna <${author}>\nTo: <${list}>\nSubject: post ${id}\nMessage-ID: <${id}@home.example>\nDate: Mon, 20 Jul 2026 10:00:00 +0200\n\n${body}`;

/** The posts of the list's archive, as they are there, by their numbers. */
function archived({ folder }: Pick<Archives, "folder">): string[] {
  const root = join(folder, "archive", list, "numbers");
  return names(root)
    .filter((name) => name !== "recent")
    .flatMap((shelf) =>
      names(join(root, shelf)).map((at) => join(root, shelf, at)),
    )
    .sort((a, b) => Number(a.split("/").at(-1)) - Number(b.split("/").at(-1)))
    .map((path) => readFileSync(path, "latin1"));
}

/** All mailboxes of the list, one after the other: a month may end. */
function mailed({ folder }: Pick<Archives, "folder">): string[] {
  const root = join(folder, "mbox", list);
  return readdirSync(root)
    .filter((name) => /^\d{4}-\d\d\.mbox$/.test(name))
    .sort()
    .flatMap((name) => inMailbox(join(root, name)));
}

const ids = (texts: Iterable<string>) => [...texts].map(idOf).sort();

t.test("posts in other archives", async (t) => {
  if (!needServers(t, "dovecot", "git", "public-inbox", "mhonarc")) return;
  const archives = await open(t);
  await t.test("each has them as they are", (t) => asTheyAre(t, archives));
  await t.test("a runner that is killed: each is there once", (t) =>
    killed(t, archives),
  );
});

async function asTheyAre(t: Test, archives: Archives): Promise<void> {
  archives.settle(true);
  const { mill, mailboxes, web, folder } = archives;
  drop(archives, "plain", post("plain", "Hello.\n"));
  drop(archives, "quoted", post("quoted", "x\n\nFrom here\n>From there\n\n\n"));
  drop(archives, "long", post("long", `${"y".repeat(200_000)}\nend\n`));
  drop(archives, "bytes", post("bytes", "\xe4\xf6\x80\xff\n"));
  await mill.finish();
  const wanted = archived(archives);
  t.equal(wanted.length, 4);

  t.same(mailed(archives).sort(), [...wanted].sort(), "Python's mailbox");
  const shown = mailboxes.names();
  t.ok(shown.includes(mailbox), `${shown}`);
  t.notOk(
    shown.some((name) => name.includes("listmill")),
    "none but lists'",
  );
  t.same(
    mailboxes.messages(mailbox).sort(),
    [...wanted].sort(),
    "Dovecot, by IMAP",
  );
  t.same([...web.got.values()].sort(), [...wanted].sort(), "by HTTP");
  t.equal(web.count(), 4);
  t.equal(pages(join(folder, "mhonarc")).length, 4);

  const inboxes = join(folder, "public-inbox");
  const url = await publicInbox(t, inboxes);
  const name = list.replace("@", ".");
  const page = await (await fetch(`${url}/${name}/`)).text();
  for (const id of ["plain", "quoted", "long", "bytes"])
    t.match(page, `post ${id}`, "public-inbox-httpd");
  const raw = await fetch(`${url}/${name}/plain@home.example/raw`);
  t.match(await raw.text(), "\n\nHello.\n");
  const mirror = join(folder, "mirror.git");
  call("git", ["clone", "-q", "--mirror", `${url}/${name}/0`, mirror]);
  t.equal(call("git", ["-C", mirror, "rev-list", "--count", "HEAD"]), "4\n");
}

/** Where a consumer may die, and how often it has been there before. */
const deaths = [
  "mbox-half:2",
  "mbox-written",
  "maildir-ready",
  "maildir-noted",
  "maildir-delivered",
  "inbox-half:2",
  "inbox-written",
  "mhonarc-done",
  "http-answered",
];

async function killed(t: Test, archives: Archives): Promise<void> {
  archives.settle(false);
  const { mill, mailboxes, web, folder } = archives;
  const before = archived(archives).length;
  const read: string[] = [];
  for (const death of deaths) {
    const id = death.replace(":", "-");
    drop(archives, id, post(id, `From ${id}\n`));
    const run = await mill.start(["run", "--until-empty"], death).ended;
    t.equal(run.signal, "SIGKILL", `killed at ${death}`);
    // Somebody reads and deletes what has come, before the runner comes back.
    if (death === "maildir-delivered")
      read.push(...mailboxes.messages(mailbox, "\\Deleted"));
  }
  t.not(read.length, 0);
  await mill.finish();
  const wanted = archived(archives);
  t.equal(wanted.length, before + deaths.length);
  t.same(mailed(archives).sort(), [...wanted].sort(), "mailbox");
  t.same(
    ids([...mailboxes.messages(mailbox), ...read]),
    ids(wanted),
    "Maildir: what was deleted does not come again",
  );
  t.same(ids(inInbox(join(folder, "public-inbox"))), ids(wanted), "inbox");
  t.equal(pages(join(folder, "mhonarc")).length, wanted.length, "pages");
  t.same([...web.got.values()].sort(), [...wanted].sort(), "by HTTP");
  t.equal(web.got.size, wanted.length);
  t.ok(web.count() > wanted.length, "what came twice came with its key");
}

const corpus = "../shared/corpus/lists/usrp-users";

t.test(
  "all messages of a real list, read back from its mailbox",
  { skip: existsSync(corpus) ? false : `no ${corpus}` },
  async (t) => {
    const folder = mkdtempSync("/dev/shm/lm-mbox-");
    t.teardown(() => rmSync(folder, { recursive: true }));
    const sink = await countingSink();
    t.teardown(() => sink.close());
    const mill = await Mill.make(folder, {
      smtp: sink.url,
      members: ["reader@x.example"],
      list: 'policy = "open"\n[digest]\nenabled = false\n',
      site: "[archive.mbox]\n[outbound]\nrate = 0\n",
    });
    const names = readdirSync(corpus).filter((name) => name.endsWith(".eml"));
    for (const name of names)
      drop({ mill }, name, readFileSync(join(corpus, name), "latin1"));
    await mill.finish();
    const wanted = archived({ folder });
    t.ok(wanted.length > names.length * 0.9, `${wanted.length} posts`);
    t.same(mailed({ folder }).sort(), [...wanted].sort());
  },
);
