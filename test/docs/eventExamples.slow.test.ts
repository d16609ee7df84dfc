// The examples of docs/events.md, each run by a real mill in a home of its own, against real servers.
import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { dirname, join, resolve } from "node:path";
import t, { type Test } from "tap";
import { list, Mill } from "../road/mill.ts";
import { call, freePort, needServers, Servers } from "../road/servers.ts";
import { startSink } from "../road/sink.ts";

t.setTimeout(120_000);

const examples = resolve("docs/examples/hooks.d");
const [anna, ben, cleo] = ["anna@box.test", "ben@box.test", "Cleo@box.test"];

async function homeWith(t: Test, hook: string, smtp = "smtp://127.0.0.1:9") {
  const mill = await Mill.make(t.testdir(), {
    smtp,
    members: [anna],
    list: "welcome = false\n",
  });
  await mill.tell(["run", "--until-empty"]);
  const file = join(mill.home, "hooks.d", hook);
  mkdirSync(dirname(file), { recursive: true });
  copyFileSync(join(examples, hook), file);
  chmodSync(file, 0o755);
  const set = (...settings: string[]) =>
    mill.tell(["list", "set", list, ...settings]);
  return { mill, set };
}

t.test("sh: a new member is written to, once an event", async (t) => {
  const sink = await startSink(t);
  const hook = "events-welcome/10-consume/50-welcome";
  const { mill } = await homeWith(t, hook, sink.url);
  await mill.tell(["list", "create", "paper@lists.example.org"]);
  writeFileSync(
    join(mill.home, "lists", list, "welcome.txt"),
    "Schön, dass du da bist.\n",
  );
  const odd = ["a/b@box.test", "paper@lists.example.org"];
  await mill.tell(["member", "add", list, ben, ...odd]);
  await mill.tell(["member", "add", list, "--digest", ben]);
  await mill.finish();
  const [letter, ...others] = sink.taken;
  t.same(others, [], "and nobody else is");
  t.same(letter?.recipients, [ben]);
  t.match(letter?.text, /^Subject: Welcome to dev@lists\.example\.org\r?$/m);
  t.match(letter?.text, /^Message-ID: <welcome\.\w+-\w+@lists\.example\.org>/m);
  t.match(letter?.text, /Schön, dass du da bist\./);
});

t.test("Python: a directory has those who are members", async (t) => {
  if (!needServers(t, "slapd")) return;
  const servers = new Servers(t);
  const dir = join(servers.dir, "ldap");
  const port = await freePort();
  servers.bash('start_slapd "$1" "$2"', [dir, String(port)]);
  const hook = "events-ldap/10-consume/50-mirror";
  const { mill, set } = await homeWith(t, hook);
  const password = join(mill.home, "secrets", "ldap");
  writeFileSync(password, "secret");
  const uri = `ldap://127.0.0.1:${port}`;
  const base = "ou=people,dc=example,dc=test";
  await set(
    `custom.ldap_uri=${uri}`,
    `custom.ldap_base=${base}`,
    "custom.ldap_bind=cn=admin,dc=example,dc=test",
    `custom.ldap_password=${password}`,
  );
  const mails = () =>
    call("/usr/bin/ldapsearch", [
      ...["-x", "-LLL", "-H", uri, "-b", base, "(mail=*)", "mail", "cn"],
    ])
      .split("\n\n")
      .map((entry) =>
        ["mail", "cn"]
          .map((name) => new RegExp(`^${name}: (.*)$`, "m").exec(entry)?.[1])
          .join(" "),
      )
      .filter((one) => one.trim() !== "")
      .sort();
  const many = Array.from(
    { length: 30 },
    (_, n) => `Member ${n} <m${n}@box.test>`,
  );
  await mill.tell(["member", "add", list, ben]);
  await mill.tell(["member", "add", list, "x+y=z@box.test"]);
  await mill.tell(
    ["member", "import", list, "-"],
    `${many.join("\n")}\n${cleo}\n`,
  );
  await mill.finish();
  t.equal(mails().length, 33);
  t.ok(mails().includes("m7@box.test Member 7"));
  t.ok(mails().includes("Cleo@box.test Cleo@box.test"));
  t.ok(mails().includes("x+y=z@box.test x+y=z@box.test"));
  await mill.tell(["member", "import", list, "-"], "Ben <ben@box.test>\n");
  await mill.tell(["member", "remove", list, "m7@box.test", cleo]);
  // Away for a while: it waits, and comes to the same.
  servers.stop(dir);
  const log = (await mill.start(["run", "--until-empty"]).ended).log;
  t.match(log, /events-ldap\/\S+: waits \d+ \w+: .*Can't contact LDAP server/);
  servers.bash('start_slapd "$1" "$2"', [dir, String(port)]);
  const waiting = JSON.parse(
    await mill.tell(["--json", "queue", "events-ldap"]),
  );
  for (const { entry } of waiting) await mill.tell(["queue", "retry", entry]);
  await mill.finish();
  t.equal(mails().length, 31);
  t.ok(mails().includes("ben@box.test Ben"));
  // What comes again, or late, changes nothing.
  const again = (event: string, id: string, address: string) =>
    mirror(uri, password, { id, event, detail: { address } });
  again("member.joined", "000000000-000000000000", "m7@box.test");
  again("member.left", "000000000-000000000000", ben);
  t.equal(mails().length, 31);
  again("list.removed", "zzzzzzzzz-000000000000", "");
  t.same(mails(), []);
});

/** The hook of the directory, with an event, as one whom the server's limits are for. */
function mirror(uri: string, password: string, event: object, as = "cn=admin") {
  execFileSync(join(examples, "events-ldap/10-consume/50-mirror"), {
    input: `Subject: x\n\n${JSON.stringify(event)}\n`,
    env: {
      PATH: "/usr/bin:/bin",
      LISTMILL_HOME: dirname(password),
      LISTMILL_SETTING_CUSTOM_LDAP_URI: uri,
      LISTMILL_SETTING_CUSTOM_LDAP_BASE: "ou=people,dc=example,dc=test",
      LISTMILL_SETTING_CUSTOM_LDAP_BIND: `${as},dc=example,dc=test`,
      LISTMILL_SETTING_CUSTOM_LDAP_PASSWORD: password,
    },
  });
}

t.test("Python: a server may show 500 entries at once", async (t) => {
  if (!needServers(t, "slapd")) return;
  const servers = new Servers(t);
  const dir = join(servers.dir, "ldap");
  const port = String(await freePort());
  const root = "dc=example,dc=test";
  servers.bash('start_slapd "$1" "$2"', [dir, port]);
  servers.bash(
    `ldapmodify -x -H "ldap://127.0.0.1:$2" -D cn=admin,${root} -w secret <<EOF
dn: cn=mirror,${root}
changetype: add
objectClass: person
cn: mirror
sn: mirror
userPassword: secret
EOF
    stop_all "$1"; cd "$1"
    sed -i 's/^sizelimit .*/sizelimit 500/; s/^access to \\*/& by dn="cn=mirror,${root}" write/' slapd.conf
    slapd -f slapd.conf -u openldap -g openldap -h "ldap://127.0.0.1:$2/" </dev/null >>start.log 2>&1 || exit 1
    _svc_wait 20 ldapsearch -x -H "ldap://127.0.0.1:$2/" -b ${root} -s base dn || exit 1
    pid=$(cat slapd.pid); _svc_reg slapd "$1" "$pid" "kill -INT $pid"`,
    [dir, port],
  );
  const password = join(t.testdir(), "ldap");
  writeFileSync(password, "secret", { mode: 0o600 });
  const uri = `ldap://127.0.0.1:${port}`;
  const tell = (id: number, event: string, detail: object) =>
    mirror(uri, password, { id: `00000000${id}`, event, detail }, "cn=mirror");
  const count = () =>
    call("/usr/bin/ldapsearch", [
      ...["-x", "-LLL", "-H", uri, "-D", `cn=admin,${root}`, "-w", "secret"],
      ...["-b", root, "(mail=*)", "mail"],
    ]).split("mail: ").length - 1;
  const joined = Array.from({ length: 1000 }, (_, n) => ({
    address: `m%s${n}*(x)@box.test`,
  }));
  tell(1, "members.imported", { joined, changed: [] });
  tell(2, "member.joined", { address: ben });
  t.equal(count(), 1001);
  tell(1, "member.left", { address: ben });
  tell(3, "member.left", joined[7] ?? {});
  t.equal(count(), 1000);
  tell(4, "list.removed", { aside: "x" });
  t.equal(count(), 0);
});

t.test("TypeScript: a webhook, signed", async (t) => {
  const asked: { headers: IncomingHttpHeaders; body: string }[] = [];
  let status = 500;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push({ headers: request.headers, body });
    response.writeHead(status).end("so it is");
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  t.teardown(() => server.close());
  const hook = "events-webhook/10-consume/50-webhook.hook.ts";
  const { mill, set } = await homeWith(t, hook);
  const key = Buffer.from("a key of some bytes");
  writeFileSync(
    join(mill.home, "secrets", "hook"),
    `whsec_${key.toString("base64")}\n`,
    { mode: 0o644 },
  );
  const { port } = server.address() as AddressInfo;
  await set(
    `custom.webhook_url=http://127.0.0.1:${port}/events/t0ken`,
    "custom.webhook_secret=secrets/hook",
  );
  const tries = async () => {
    const from = asked.length;
    const { log } = await mill.start(["run", "--until-empty"]).ended;
    return { log, asked: asked.slice(from) };
  };
  const retry = async () => {
    const some = await mill.tell(["--json", "queue", "events-webhook"]);
    for (const { entry } of JSON.parse(some))
      await mill.tell(["queue", "retry", entry]);
  };
  const open = await tries();
  t.equal(open.asked.length, 0);
  t.match(open.log, /others can read or change it: chmod 600 \S+hook/);
  chmodSync(join(mill.home, "secrets", "hook"), 0o600);
  await retry();
  const first = await tries();
  t.equal(first.asked.length, 1);
  t.notMatch(first.log, /t0ken/);
  t.match(first.log, /events-webhook\/\S+: waits .*it answers 500/);
  status = 204;
  await retry();
  const second = await tries();
  t.equal(second.asked.length, 1);
  const id = (one = second.asked[0]) => String(one?.headers["webhook-id"]);
  t.equal(id(), id(first.asked[0]), "the id is that of the event");
  const { headers, body = "" } = second.asked[0] ?? {};
  t.match(JSON.parse(body), { event: "list.changed", id: id() });
  const signed = `${id()}.${headers?.["webhook-timestamp"]}.${body}`;
  t.equal(
    headers?.["webhook-signature"],
    `v1,${createHmac("sha256", key).update(signed).digest("base64")}`,
  );
  t.same(mill.left(), []);
  status = 410;
  await mill.tell(["member", "add", list, ben]);
  t.equal((await tries()).asked.length, 1);
  const failed = JSON.parse(await mill.tell(["--json", "queue", "failed"]));
  t.match(failed, [{ error: /it wants no more of these \(410\)/ }]);
  await mill.tell(["queue", "drop", failed[0].entry]);
  server.closeAllConnections();
  await new Promise((done) => server.close(done));
  await mill.tell(["member", "remove", list, ben]);
  const { log } = await tries();
  t.match(log, /50-webhook.* is away: .*ECONNREFUSED/);
  t.notMatch(log, /t0ken/);
  t.equal(mill.entries("events-webhook").length, 1, "it waits, untried");
  t.match(mill.entries("events-webhook")[0], /\/\d+\.0\.[^/]+$/);
});
