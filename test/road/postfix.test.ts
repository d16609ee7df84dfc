// A real Postfix on both sides of the mill: it brings posts by the Maildir or by the pipe, as
// `listmill aliases` says, and takes what goes out.
import {
  appendFileSync,
  chmodSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { adding } from "./asking.ts";
import { until } from "./mill.ts";
import { arrived, fieldsOf, mailsIn, PostHome } from "./postHome.ts";
import { account, call, freePort, needServers, Servers } from "./servers.ts";

t.setTimeout(230_000);

const list = "test@lists.test";
const [alice, bob, carol, dave, mallory] = [
  "alice@box.test",
  "bob@box.test",
  "carol@box.test",
  "dave@box.test",
  "mallory@box.test",
] as const;

/** A Postfix with mailboxes at box.test, and a home whose runner sends by it. */
class Office {
  readonly dir: string;
  readonly home: PostHome;

  constructor(dir: string, home: PostHome) {
    this.dir = dir;
    this.home = home;
  }

  /** @param way what `aliases` calls the way in */
  static async open(t: Test, way: string, settings: string): Promise<Office> {
    const servers = new Servers(t);
    const user = account(servers, "listpipe");
    const port = await freePort();
    const dir = join(servers.dir, "postfix");
    const home = await PostHome.make(
      join(servers.dir, "home"),
      user,
      `${settings}\n[outbound]\nsmtp = "smtp://127.0.0.1:${port}"\nrate = 0\n`,
    );
    for (const address of [list, "second@lists.test"])
      await home.tell("list", "create", address, "subject_prefix=[test]");
    await home.tell("member", "add", list, alice, bob, carol);
    await home.tell("member", "add", "second@lists.test", alice, bob);
    const main = await home.aliases("postfix", "For these two. In main.cf");
    servers.bash(`${adding} start_postfix "$@"`, [dir, String(port)], {
      BOXES: "alice bob carol dave mallory",
      MAIN: main.trimEnd(),
      MASTER: await home.aliases("postfix", way, "In master.cf:"),
    });
    return new Office(dir, home);
  }

  get log(): string {
    return readFileSync(join(this.dir, "postfix.log"), "utf8");
  }

  submit(sender: string, recipients: readonly string[], text: string): void {
    const args = ["-C", join(this.dir, "etc"), "-f", sender, "-i", "--"];
    call("sendmail", [...args, ...recipients], text);
  }

  box(address: string): string {
    return join(this.dir, "mail", "box.test", address.split("@", 1)[0] ?? "");
  }

  arrived(address: string, words: RegExp): Promise<string> {
    const state = () => `${this.home.log}\n${this.log}`;
    return arrived(this.box(address), words, state);
  }

  postqueue(...args: string[]): string {
    return call("postqueue", ["-c", join(this.dir, "etc"), ...args]);
  }
}

/** A post. @param body more of its text */
function post(from: string, subject: string, body = "Hello.\n"): string {
  return `From: <${from}>\nTo: <${list}>\nSubject: ${subject}\nMessage-ID: <${subject}@box.test>\n\n${body}`;
}

t.test("by the Maildir", { timeout: 110_000 }, async (t) => {
  if (!needServers(t, "postfix")) return;
  const office = await Office.open(t, "1. The Maildir", "");
  const { home } = office;
  await home.tell("member", "add", list, "ghost@box.test");
  await home.tell("member", "add", list, "--digest", dave);
  const stop = await home.run(t);

  await t.test("a post comes to every member as a list's", async (t) => {
    office.submit(alice, [list], post(alice, "first"));
    for (const member of [alice, bob, carol]) {
      const mail = await office.arrived(member, /^Subject: .*first$/m);
      t.same(fieldsOf(mail, "Subject"), ["[test] first"]);
      t.same(fieldsOf(mail, "Return-Path"), ["<test-bounces@lists.test>"]);
      t.same(fieldsOf(mail, "Sender"), ["test-bounces@lists.test"]);
      t.same(fieldsOf(mail, "List-Id"), ["<test.lists.test>"]);
      t.same(fieldsOf(mail, "List-Post"), ["<mailto:test@lists.test>"]);
      t.same(fieldsOf(mail, "List-Help"), [
        "<mailto:test-request@lists.test?subject=help>",
      ]);
      t.same(fieldsOf(mail, "List-Unsubscribe"), [
        "<mailto:test-unsubscribe@lists.test>",
      ]);
      t.same(fieldsOf(mail, "Precedence"), ["list"]);
      t.same(fieldsOf(mail, "Delivered-To"), [member]);
      t.same(fieldsOf(mail, "Message-ID"), ["<first@box.test>"]);
      t.match(mail, /\n\nHello\.\n$/);
    }
    for (const member of [alice, bob, carol])
      t.equal(mailsIn(office.box(member)).length, 1, `${member} has it once`);
    t.same(mailsIn(office.box(dave)), [], "who reads digests waits for one");
  });

  await t.test("a member without a mailbox bounces to the list", async (t) => {
    await home.logged(/routed to bounces/);
    t.match(office.log, /550 5\.1\.1 <ghost@box\.test>/);
    await home.tell("member", "remove", list, "ghost@box.test");
  });

  await t.test("it is archived, and a digest of it comes", async (t) => {
    await home.idle("bounces");
    t.match(await home.tell("archive", "show", list, "1"), /\[test\] first/);
    await home.tell("digest", "issue", list);
    const mail = await office.arrived(dave, /first/);
    t.match(mail, /^Content-Type: multipart\/digest/m);
    t.match(mail, /Hello\./);
    t.same(fieldsOf(mail, "Return-Path"), ["<test-bounces@lists.test>"]);
  });

  await t.test("a message to two lists is two posts", async (t) => {
    office.submit(alice, [list, "second@lists.test"], post(alice, "both"));
    await until(
      () =>
        mailsIn(office.box(bob)).filter((mail) => /both$/m.test(mail))
          .length === 2,
      () => `two posts\n${home.log}`,
    );
    const ids = mailsIn(office.box(bob)).flatMap((mail) =>
      /^Subject: .*both$/m.test(mail) ? fieldsOf(mail, "List-Id") : [],
    );
    t.same(ids.sort(), ["<second.lists.test>", "<test.lists.test>"]);
  });

  await t.test("who may not post is told why", async (t) => {
    office.submit(mallory, [list], post(mallory, "buy"));
    const mail = await office.arrived(mallory, /Only members may post/);
    t.same(fieldsOf(mail, "Return-Path"), ["<>"]);
    t.match(mail, /^Subject: Your message to test@lists\.test was not/m);
  });

  await t.test("what is for no list is answered", async (t) => {
    office.submit(alice, ["nono@lists.test"], post(alice, "lost"));
    t.match(
      await office.arrived(alice, /There is no mailing list nono@/),
      /<>/,
    );
  });

  await t.test("the null sender gets no answer", async (t) => {
    office.submit("<>", [list], post(mallory, "void"));
    await home.logged(/rejected .*from=<>, nobody is told/);
    await home.idle("bounces");
    t.equal(mailsIn(office.box(mallory)).length, 1, "but the one before");
    t.notMatch(office.log, /status=(deferred|bounced)/);
  });

  t.equal(await stop(), 0, "SIGTERM ends the runner");
});

t.test("by the pipe", { timeout: 110_000 }, async (t) => {
  if (!needServers(t, "postfix")) return;
  const settings = '[limits]\nmessage = "100KB"\n';
  const office = await Office.open(t, "2. The pipe", settings);
  const { home } = office;
  const stop = await home.run(t);

  await t.test("a post goes the whole way", async (t) => {
    office.submit(alice, [list], post(alice, "piped"));
    for (const member of [alice, bob, carol]) {
      const mail = await office.arrived(member, /^Subject: .*piped$/m);
      t.same(fieldsOf(mail, "List-Id"), ["<test.lists.test>"]);
      t.same(fieldsOf(mail, "Return-Path"), ["<test-bounces@lists.test>"]);
    }
  });

  const refusals = [
    ["nono@lists.test", "Hello.\n", /no such list here/, /5\.1\.1/],
    [
      "test-archive@lists.test",
      "Hello.\n",
      /takes no mail from outside/,
      /5\.7/,
    ],
    [list, "long line\n".repeat(40_000), /larger than 1\d+ bytes/, /5\.7/],
  ] as const;
  for (const [recipient, body, reason, status] of refusals)
    await t.test(`${reason} comes back to the sender`, async (t) => {
      office.submit(alice, [recipient], post(alice, "refused", body));
      const bounce = await office.arrived(alice, reason);
      t.match(bounce, status);
      t.same(fieldsOf(bounce, "Return-Path"), ["<>"]);
    });

  await t.test("bounces of the null sender are taken as such", async (t) => {
    const bounces = "test-bounces@lists.test";
    office.submit("<>", [bounces], post("mailer-daemon@box.test", "failed"));
    await home.logged(/routed to bounces/);
    t.notMatch(office.log, /to=<test-bounces@lists\.test>.*status=bounced/);
  });

  const settingsFile = join(home.dir, "listmill.toml");
  const good = readFileSync(settingsFile);
  const tmp = join(home.dir, "spool", "incoming", "tmp");
  const troubles = [
    {
      what: "broken settings",
      brk: () => appendFileSync(settingsFile, "[broken\n"),
      mend: () => writeFileSync(settingsFile, good),
    },
    {
      what: "a spool that takes nothing",
      brk: () => chmodSync(tmp, 0o500),
      mend: () => chmodSync(tmp, 0o750),
    },
    {
      what: "a home that is not there",
      brk: () => chmodSync(home.dir, 0o000),
      mend: () => chmodSync(home.dir, 0o755),
    },
  ];
  for (const [number, { what, brk, mend }] of troubles.entries())
    await t.test(`${what}: the mail waits in Postfix`, async (t) => {
      const subject = `waits${number}`;
      const before = mailsIn(office.box(alice)).length;
      brk();
      try {
        office.submit(alice, [list], post(alice, subject));
        await until(
          () => /"delay_reason": "[^"]*listmill/.test(office.postqueue("-j")),
          () => `a deferred message\n${office.log}`,
        );
      } finally {
        mend();
      }
      t.equal(mailsIn(office.box(alice)).length, before, "nobody is told");
      office.postqueue("-f");
      const words = new RegExp(`^Subject: .*${subject}$`, "m");
      t.ok(await office.arrived(bob, words));
    });

  t.notMatch(home.log, /failed:/);
  t.equal(await stop(), 0, "SIGTERM ends the runner");
});
