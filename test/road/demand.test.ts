// Lists on demand, the whole way: Postfix and Exim pass a subdomain by LMTP, a real slapd says which
// groups there are and who is in them, and nothing was ever made for a group.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { adding, verdict } from "./asking.ts";
import { startExim } from "./eximLmtp.ts";
import { until } from "./mill.ts";
import { PostHome } from "./postHome.ts";
import { account, call, freePort, needServers, Servers } from "./servers.ts";
import { type Sink, startSink } from "./sink.ts";

t.setTimeout(230_000);

const base = "dc=example,dc=test";

/** A group with people u1 and so on. */
function group(name: string, ...people: number[]): string {
  const members = people.map((n) => `member: uid=u${n},ou=people,${base}\n`);
  return `\ndn: cn=${name},ou=groups,${base}\nobjectClass: groupOfNames\ncn: ${name}\n${members.join("")}`;
}

class Office {
  readonly servers: Servers;
  readonly home: PostHome;
  readonly sink: Sink;
  readonly port: number;
  readonly ldapPort: number;

  constructor(
    servers: Servers,
    home: PostHome,
    sink: Sink,
    port: number,
    ldapPort: number,
  ) {
    this.servers = servers;
    this.home = home;
    this.sink = sink;
    this.port = port;
    this.ldapPort = ldapPort;
  }

  static async open(t: Test): Promise<Office> {
    const servers = new Servers(t);
    const [port, ldapPort, door] = [
      await freePort(),
      await freePort(),
      await freePort(),
    ];
    const sink = await startSink(t);
    const home = await PostHome.make(
      join(servers.dir, "home"),
      account(servers, "listpipe"),
      `[lmtp]\nlisten = "127.0.0.1:${door}"\n[retry]\nfirst = "1s"\nmost = "1s"\n[outbound]\nsmtp = "${sink.url}"\nrate = 0\n`,
    );
    const office = new Office(servers, home, sink, port, ldapPort);
    servers.bash(
      `mkdir -p "$1"; ldap_ldif 9 > "$1/all.ldif"; printf '%s\\n' "$GROUPS_LDIF" >> "$1/all.ldif"`,
      [office.ldap],
      {
        GROUPS_LDIF:
          group("sales", 1, 2) +
          group("sales-owner", 3) +
          group("support", 1, 4) +
          group("late", 1, 5),
      },
    );
    office.startLdap();
    office.settle();
    const main = await home.aliases("postfix", "3. LMTP", "In main.cf");
    servers.bash(
      `${adding} start_postfix "$@"`,
      [office.postfix, String(port)],
      { MAIN: `${main.trimEnd()}\naddress_verify_poll_delay = 1` },
    );
    return office;
  }

  get ldap(): string {
    return join(this.servers.dir, "ldap");
  }

  get postfix(): string {
    return join(this.servers.dir, "postfix");
  }

  startLdap(): void {
    const port = String(this.ldapPort);
    this.servers.bash('LDIF="$1/all.ldif" start_slapd "$@"', [this.ldap, port]);
  }

  settle(): void {
    const { name } = account(this.servers, "listpipe");
    this.servers.bash('install -d -o "$2" "$1"', [this.domain, name]);
    writeFileSync(
      join(this.domain, "list.toml"),
      `subject_prefix = "[group]"
[ldap]
url = "ldap://127.0.0.1:${this.ldapPort}"
base = "ou=groups,${base}"
filter = "(&(objectClass=groupOfNames)(cn=%{local}))"
attribute = "member"
timeout = "5s"
`,
    );
  }

  get domain(): string {
    return join(this.home.dir, "lists", "@corp.test");
  }

  get log(): string {
    return readFileSync(join(this.postfix, "postfix.log"), "utf8");
  }

  submit(sender: string, recipient: string, subject: string): void {
    const args = ["-C", join(this.postfix, "etc"), "-f", sender, "-i", "--"];
    call(
      "sendmail",
      [...args, recipient],
      `From: <${sender}>\nTo: <${recipient}>\nSubject: ${subject}\nMessage-ID: <${subject}@box.test>\n\nHello.\n`,
    );
  }

  /** What an MTA says of a recipient once it knows. */
  verdict(recipient: string, port = this.port): Promise<string> {
    return verdict(port, "u1@example.test", recipient);
  }

  /** Waits until a message with these words has gone to these people, once each. */
  async reaches(t: Test, words: string, ...people: string[]): Promise<void> {
    const here = () => this.sink.counts(words);
    await until(
      () => people.every((one) => here().has(one)),
      () =>
        `${words}: ${JSON.stringify([...here()])}\n${this.home.log}\n${this.log}`,
    );
    t.same([...here()].sort(), people.map((one) => [one, 1]).sort());
  }
}

t.test("groups of a directory are lists", { timeout: 220_000 }, async (t) => {
  if (!needServers(t, "postfix", "slapd")) return;
  const office = await Office.open(t);
  const { home, sink } = office;
  await home.tell("check");
  const close = await home.run(t, ["lmtp"], /lmtp: listens on/);
  const stop = await home.run(t);
  const [u1, u2, u3, u4, u5] = [1, 2, 3, 4, 5].map(
    (n) => `u${n}@example.test`,
  ) as [string, string, string, string, string];

  await t.test("a post comes to the group's members", async (t) => {
    office.submit(u1, "Sales@corp.test", "hello-sales");
    await office.reaches(t, "hello-sales", u1, u2);
    const [one] = sink.taken.filter(({ text }) => text.includes("hello-sales"));
    t.match(one?.text, /^Subject: \[group\] hello-sales\r?$/m);
    t.match(one?.text, /^List-Id: <sales\.corp\.test>\r?$/m);
    t.equal(one?.sender, "sales-bounces@corp.test");
  });

  await t.test("the longest name that is a group wins", async (t) => {
    office.submit(u3, "sales-owner@corp.test", "hello-owner");
    await office.reaches(t, "hello-owner", u3);
  });

  await t.test("who is no member may not post", async (t) => {
    office.submit("u9@example.test", "sales@corp.test", "hello-stranger");
    await office.reaches(
      t,
      "Only members may post to sales",
      "u9@example.test",
    );
    t.equal(
      sink.taken.filter(({ sender }) => sender === "sales-bounces@corp.test")
        .length,
      1,
      "only the first post has gone out",
    );
  });

  await t.test(
    "unknown groups are refused while the sender waits",
    async (t) => {
      const verdicts = await Promise.all(
        [
          "nobody@corp.test",
          "nobody-owner@corp.test",
          "sales-archive@corp.test",
          "sales@corp.test",
          "support-bounces+a=b.org@corp.test",
        ].map((recipient) => office.verdict(recipient)),
      );
      t.match(verdicts, [
        /^550.*no such list here/s,
        /^550/,
        /^550/,
        /^250/,
        /^250/,
      ]);
    },
  );

  await t.test(
    "without the directory mail waits, and comes once",
    async (t) => {
      office.servers.stop(office.ldap);
      t.match(await office.verdict("late@corp.test"), /^45[01] /);
      office.submit(u4, "support@corp.test", "hello-known");
      office.submit(u5, "late@corp.test", "hello-late");
      await until(
        () =>
          /to=<late@corp\.test>.*status=deferred.*451 4\.3\.0/.test(office.log),
        () => `a deferred message\n${office.log}`,
      );
      await home.logged(/ waits .*\[ldap\]/);
      t.notMatch(office.log, /to=<(late|support)@corp\.test>.*status=bounced/);
      office.startLdap();
      call("postqueue", ["-c", join(office.postfix, "etc"), "-f"]);
      await office.reaches(t, "hello-late", u1, u5);
      await office.reaches(t, "hello-known", u1, u4);
    },
  );

  await t.test("Exim passes them on as well", async (t) => {
    if (!needServers(t, "exim")) return;
    const port = await freePort();
    const exim = await startExim(office.servers, home, port);
    exim.submit(
      u1,
      ["support@corp.test"],
      `From: <${u1}>\nTo: <support@corp.test>\nSubject: by-exim\n\nHello.\n`,
    );
    await office.reaches(t, "by-exim", u1, u4);
    t.match(
      await office.verdict("nobody@corp.test", port),
      /^550.*no such list here/s,
    );
    t.match(await office.verdict("sales@corp.test", port), /^250/);
    t.match(await office.verdict("sales-archive@corp.test", port), /^550/);
    office.servers.stop(office.ldap);
    t.match(await office.verdict("fresh@corp.test", port), /^45[01] /);
    office.startLdap();
  });

  await home.idle();
  t.same(readdirSync(office.domain), ["list.toml"], "nothing was made");
  t.same(readdirSync(join(home.dir, "lists")), ["@corp.test"]);
  t.equal(await close(), 0);
  t.equal(await stop(), 0);
});
