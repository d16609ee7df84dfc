// A list whose recipients come from everywhere: its members, a real directory, SQLite, and an LMDB
// file that Postfix wrote. Whatever stops, each gets each post exactly once.
import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import t from "tap";
import { until } from "./mill.ts";
import { PostHome } from "./postHome.ts";
import { account, call, freePort, needServers, Servers } from "./servers.ts";
import { startSink } from "./sink.ts";

t.setTimeout(120_000);

const list = "everyone@lists.test";
const alice = "alice@box.test";
const PEOPLE = 10_000;

function people(letter: string, from: number, to: number): string[] {
  const addresses: string[] = [];
  for (let n = from; n <= to; n += 1)
    addresses.push(`${letter}${n}@example.test`);
  return addresses;
}

const directory = people("u", 1, PEOPLE);
const database = [...people("u", 9_001, PEOPLE), ...people("s", 1, 1000)];
const hash = [...people("s", 501, 1000), ...people("d", 1, 1000)];
const members = [alice, ...people("u", 1, 3), ...people("d", 1, 3)];
const everyone = new Set([...directory, ...database, ...hash, ...members]);

t.test("sources of every kind", { timeout: 110_000 }, async (t) => {
  if (!needServers(t, "slapd", "postfix")) return;
  const servers = new Servers(t);
  const sink = await startSink(t);
  const port = await freePort();
  const slapd = join(servers.dir, "slapd");
  const startDirectory = (lines: string) =>
    servers.bash(`${lines} start_slapd "$1" "$2"`, [
      slapd,
      String(port),
      String(PEOPLE),
    ]);
  startDirectory(
    'mkdir "$1"; ldap_ldif "$3" > "$1/all.ldif"; LDIF="$1/all.ldif"',
  );

  const home = await PostHome.make(
    join(servers.dir, "home"),
    account(servers, "listpipe"),
    `[outbound]\nsmtp = "${sink.url}"\nrate = 0\n`,
  );
  await home.tell("list", "create", list);
  await home.tell("member", "add", list, ...members);

  const sqlite = new DatabaseSync(join(servers.dir, "people.db"));
  sqlite.exec("create table people (list text, mail text)");
  const insert = sqlite.prepare("insert into people values (?, ?)");
  for (const address of database) insert.run(list, address);
  insert.run("other@lists.test", "not-on-this-list@example.test");
  sqlite.close();

  const map = join(servers.dir, "people");
  writeFileSync(map, hash.map((address) => `${address} x\n`).join(""));
  call("postmap", [`lmdb:${map}`]);

  appendFileSync(
    join(home.dir, "lists", list, "list.toml"),
    `
[ldap]
url = "ldap://127.0.0.1:${port}"
base = "cn=everyone,ou=groups,dc=example,dc=test"
scope = "base"
filter = "(objectClass=groupOfNames)"
attribute = "member"
[sql]
url = "sqlite:${join(servers.dir, "people.db")}"
query = "select mail from people where list = :list"
[dbm]
path = "${map}.lmdb"
`,
  );
  const stop = await home.run(t);

  const send = (subject: string) =>
    home.give(
      `From: <${alice}>\nTo: <${list}>\nSubject: ${subject}\nMessage-ID: <${subject}@box.test>\n\nHello.\n`,
      ...["receive", "--sender", alice, "--", list],
    );
  const reached = (subject: string, count: number) =>
    until(
      () => sink.counts(`Subject: ${subject}`).size >= count,
      () => `${subject} to reach ${count} recipients\n${home.log}`,
    );
  /** Whom it came to another number of times than once, and whom it did not. */
  const wrong = (subject: string) => {
    const counts = sink.counts(`Subject: ${subject}`);
    return [
      ...[...counts].filter(([who, n]) => n !== 1 || !everyone.has(who)),
      ...[...everyone].filter((who) => !counts.has(who)),
    ].slice(0, 10);
  };
  const inQueue = async (queue: string) => {
    const waiting = await home.queue();
    return waiting.filter((entry) => entry.queue === queue);
  };

  await t.test("each address gets a post once", async (t) => {
    await send("one");
    await reached("one", everyone.size);
    await home.idle();
    t.same(wrong("one"), []);
    t.equal(everyone.size, 12_001);
    t.match(home.log, /\[ldap\] 1 member has no mail/);
  });

  await t.test("with the directory down a post waits for it", async (t) => {
    servers.stop(slapd);
    await send("two");
    await home.logged(/posts\/.*waits .*\[ldap\]/);
    const [entry, ...more] = await inQueue("posts");
    t.same(more, []);
    t.match(entry?.error, /20-ldap.*\[ldap\] ldap:\/\/127\.0\.0\.1/);
    t.equal(sink.counts("Subject: two").size, 0, "nobody gets it yet");
    startDirectory("");
    await home.tell("queue", "retry", entry?.entry ?? "");
    await reached("two", everyone.size);
    await home.idle();
    t.same(wrong("two"), []);
  });

  await t.test("who is refused for now gets it later, once", async (t) => {
    const late = new Set(people("u", 40, 45));
    sink.behave({
      answer: (who) => (late.has(who) ? "451 4.2.0 not now" : undefined),
    });
    await send("three");
    await reached("three", everyone.size - late.size);
    await home.idle();
    sink.behave({});
    const waiting = await inQueue("outbound");
    t.ok(waiting.length > 0);
    t.match(waiting[0]?.error, /451 4\.2\.0 not now/);
    for (const { entry } of waiting) await home.tell("queue", "retry", entry);
    await reached("three", everyone.size);
    await home.idle();
    t.same(wrong("three"), []);
  });

  await t.test("a connection that breaks off doubles nothing", async (t) => {
    sink.behave({ die: (recipients) => recipients.includes(alice) });
    const before = home.log.length;
    await send("four");
    await home.logged(/outbound\/.*waits /, before);
    sink.behave({});
    await home.idle();
    for (const { entry } of await inQueue("outbound"))
      await home.tell("queue", "retry", entry);
    await reached("four", everyone.size);
    await home.idle();
    t.same(wrong("four"), []);
  });

  t.equal(await stop(), 0, "SIGTERM ends the runner");
});
