// A real Exim on both sides of the mill: it brings posts by the Maildir or by the pipe, as
// `listmill aliases` says, and takes what goes out.
import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { logIn, program, reconfigure } from "./exim.ts";
import { until } from "./mill.ts";
import { arrived, fieldsOf, mailsIn, PostHome } from "./postHome.ts";
import { account, call, freePort, needServers, Servers } from "./servers.ts";

t.setTimeout(230_000);

const list = "test@lists.test";
const second = "second@lists.test";
const alice = "alice@box.test";
const bob = "bob@box.test";
const mallory = "mallory@box.test";

/** An Exim with mailboxes at box.test, and a home whose runner sends by it. */
class Office {
  readonly dir: string;
  readonly home: PostHome;

  constructor(dir: string, home: PostHome) {
    this.dir = dir;
    this.home = home;
  }

  /** @param way what `aliases` calls the way in */
  static async open(t: Test, way: string): Promise<Office> {
    const servers = new Servers(t);
    const user = account(servers, "listpipe");
    const port = await freePort();
    const dir = join(servers.dir, "exim");
    const home = await PostHome.make(
      join(servers.dir, "home"),
      user,
      `[outbound]\nsmtp = "smtp://127.0.0.1:${port}"\nrate = 0\n`,
    );
    for (const address of [list, second]) {
      await home.tell("list", "create", address, "subject_prefix=[test]");
      await home.tell("member", "add", address, alice, bob);
    }
    servers.bash('start_exim "$@"', [dir, String(port)], {
      BOXES: "alice bob mallory",
    });
    const office = new Office(dir, home);
    await office.configure(
      await home.aliases("exim", "Router"),
      await home.aliases("exim", way, "Transport:"),
    );
    return office;
  }

  /** Puts a router and a transport before those that are there, and has Exim read them. */
  async configure(router: string, transport: string): Promise<void> {
    await reconfigure(this.dir, (settings) =>
      settings
        .replace("begin routers\n", (begin) => `${begin}${router}\n`)
        .replace("begin transports\n", (begin) => `${begin}${transport}\n`),
    );
  }

  get log(): string {
    return logIn(this.dir);
  }

  submit(sender: string, recipients: readonly string[], text: string): void {
    const config = join(this.dir, "exim.conf");
    const args = ["-C", config, "-f", sender, "-oi", "-odb", "--"];
    call(program, [...args, ...recipients], text);
  }

  box(address: string): string {
    return join(this.dir, "mail", address.split("@", 1)[0] ?? "");
  }

  arrived(address: string, words: RegExp): Promise<string> {
    const state = () => `${this.home.log}\n${this.log}`;
    return arrived(this.box(address), words, state);
  }

  /** Posts to both lists, and looks that each member gets each post as its list's. */
  async carries(t: Test, subject: string): Promise<void> {
    this.submit(alice, [list, second], post(alice, subject));
    for (const member of [alice, bob]) {
      const words = (id: string) =>
        new RegExp(
          `(?=[^]*^List-Id: <${id}\\.lists\\.test>)[^]*${subject}`,
          "m",
        );
      for (const id of ["test", "second"]) {
        const mail = await this.arrived(member, words(id));
        const bounces = `${id}-bounces@lists.test`;
        t.same(fieldsOf(mail, "Subject"), [`[test] ${subject}`]);
        t.same(fieldsOf(mail, "Return-Path"), [`<${bounces}>`]);
        t.same(fieldsOf(mail, "Sender"), [bounces]);
        t.same(fieldsOf(mail, "Envelope-To"), [member]);
      }
      t.equal(
        mailsIn(this.box(member)).filter((mail) => mail.includes(subject))
          .length,
        2,
        `${member} has each once`,
      );
    }
  }
}

function post(from: string, subject: string): string {
  return `From: <${from}>\nTo: <${list}>\nSubject: ${subject}\nMessage-ID: <${subject}@box.test>\n\nHello.\n`;
}

t.test("by the Maildir", { timeout: 110_000 }, async (t) => {
  if (!needServers(t, "exim")) return;
  const office = await Office.open(t, "1. The Maildir");
  const { home } = office;
  const stop = await home.run(t);

  await t.test("a message to two lists is two posts", (t) =>
    office.carries(t, "first"),
  );

  await t.test("who may not post is told why", async (t) => {
    office.submit(mallory, [list], post(mallory, "buy"));
    const mail = await office.arrived(mallory, /Only members may post/);
    t.same(fieldsOf(mail, "Return-Path"), ["<>"]);
  });

  await t.test("an extension is the list's, the null sender null", async () => {
    const bounces = "test-bounces+x=y@lists.test";
    office.submit("<>", [bounces], post("mailer-daemon@box.test", "failed"));
    await home.logged(/routed to bounces/);
  });

  t.equal(await stop(), 0, "SIGTERM ends the runner");
});

t.test("by the pipe", { timeout: 110_000 }, async (t) => {
  if (!needServers(t, "exim")) return;
  const office = await Office.open(t, "2. The pipe");
  const { home } = office;
  const stop = await home.run(t);

  await t.test("a message to two lists is two posts", (t) =>
    office.carries(t, "piped"),
  );

  const refusals = [
    ["nono@lists.test", /no such list here/],
    ["test-archive@lists.test", /takes no mail from outside/],
  ] as const;
  for (const [recipient, reason] of refusals)
    await t.test(`${reason} comes back to the sender`, async (t) => {
      office.submit(alice, [recipient], post(alice, "refused"));
      const bounce = await office.arrived(alice, reason);
      t.same(fieldsOf(bounce, "Return-Path"), ["<>"]);
    });

  await t.test("with broken settings the mail waits in Exim", async (t) => {
    const settings = join(home.dir, "listmill.toml");
    const good = readFileSync(settings);
    const before = mailsIn(office.box(alice)).length;
    appendFileSync(settings, "[broken\n");
    try {
      office.submit(alice, [list], post(alice, "waits"));
      await until(
        () => /== test@lists\.test .* defer/.test(office.log),
        () => `a deferred message\n${office.log}`,
      );
    } finally {
      writeFileSync(settings, good);
    }
    t.equal(mailsIn(office.box(alice)).length, before, "nobody is told");
    call(program, ["-C", join(office.dir, "exim.conf"), "-qff"]);
    t.ok(await office.arrived(bob, /^Subject: .*waits$/m));
  });

  t.equal(await stop(), 0, "SIGTERM ends the runner");
});

t.test("lists among people, address by address", async (t) => {
  if (!needServers(t, "exim")) return;
  const servers = new Servers(t);
  const dir = join(servers.dir, "exim");
  const user = account(servers, "listpipe");
  const home = await PostHome.make(join(servers.dir, "home"), user, "");
  for (const address of ["tea@box.test", "tea.house@box.test"])
    await home.tell("list", "create", address);
  servers.bash('start_exim "$@"', [dir, String(await freePort())], {
    BOXES: "alice tea-room",
  });
  const about = "Where people have addresses";
  const table = join(servers.dir, "listmill");
  writeFileSync(table, await home.aliases("exim", about, "When lists"));
  const condition = await home.aliases("exim", about, "In each router");
  await new Office(dir, home).configure(
    (await home.aliases("exim", "Router")) +
      condition.replace("/etc/exim4/listmill", table),
    await home.aliases("exim", "1. The Maildir", "Transport:"),
  );
  const route = (address: string) =>
    call(program, ["-C", join(dir, "exim.conf"), "-bt", address]);
  for (const name of [
    ...["tea", "Tea", "tea.house", "tea+get+5-10", "tea-subscribe-digest"],
    ...["tea-request", "tea-owner", "tea-bounces+abc", "tea.house+confirm+abc"],
  ])
    t.match(route(`${name}@box.test`), "router = listmill", name);
  for (const name of ["alice", "tea-room"])
    t.match(route(`${name}@box.test`), "router = box", name);
  for (const name of ["teaxhouse", "tea-chest", "green-tea", "tea-owners"])
    t.throws(
      () => route(`${name}@box.test`),
      /Unrouteable|undeliverable/,
      name,
    );
});
