// Posts come by LMTP, from a real Postfix and a real Exim that are set up as `listmill aliases` says:
// what is for no list is refused while the sender is still connected.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { adding, verdict } from "./asking.ts";
import { startExim } from "./eximLmtp.ts";
import { until } from "./mill.ts";
import { arrived, fieldsOf, mailsIn, PostHome } from "./postHome.ts";
import { account, call, freePort, needServers, Servers } from "./servers.ts";

t.setTimeout(230_000);

const list = "test@lists.test";
const small = "small@lists.test";
const [alice, bob] = ["alice@box.test", "bob@box.test"] as const;

async function homeWith(servers: Servers, port: number): Promise<PostHome> {
  const door = await freePort();
  const home = await PostHome.make(
    join(servers.dir, "home"),
    account(servers, "listpipe"),
    `[lmtp]\nlisten = "127.0.0.1:${door}"\n[outbound]\nsmtp = "smtp://127.0.0.1:${port}"\nrate = 0\n`,
  );
  await home.tell("list", "create", list, "subject_prefix=[test]");
  await home.tell("member", "add", list, alice, bob);
  await home.tell("list", "create", small, "message_limit=1KB");
  await home.tell("member", "add", small, alice, bob);
  return home;
}

/** Starts the door and a runner, each a process of its own. */
async function runBoth(t: Test, home: PostHome) {
  const close = await home.run(t, ["lmtp"], /lmtp: listens on/);
  const stop = await home.run(t);
  return { close, stop };
}

function post(subject: string, body = "Hello.\n"): string {
  return `From: <${alice}>\nTo: <${list}>\nSubject: ${subject}\nMessage-ID: <${subject}@box.test>\n\n${body}`;
}

/** What both MTAs must do. */
async function carries(
  t: Test,
  office: {
    readonly home: PostHome;
    readonly port: number;
    submit(recipients: readonly string[], text: string): void;
    /** Tries whatever waits at once. */
    retry(): void;
    box(address: string): string;
    log(): string;
  },
): Promise<void> {
  const { home, port } = office;
  const state = () => `${home.log}\n${office.log()}`;
  const here = (who: string, words: RegExp) =>
    arrived(office.box(who), words, state);

  await t.test("a post to two lists comes to every member", async (t) => {
    office.submit([list, small], post("first"));
    for (const member of [alice, bob])
      for (const id of ["test", "small"]) {
        const words = `(?=[^]*^List-Id: <${id}\\.lists\\.test>)[^]*first`;
        const mail = await here(member, new RegExp(words, "m"));
        t.same(fieldsOf(mail, "Return-Path"), [`<${id}-bounces@lists.test>`]);
      }
    t.equal(mailsIn(office.box(bob)).length, 2, "each once");
    t.match(
      home.log,
      /lmtp: incoming\/\S+: from=<alice@box\.test> to=<test@lists\.test> size=\d+/,
    );
  });

  await t.test("who asks for no list is told at once", async (t) => {
    const verdicts = await Promise.all(
      [
        "nono@lists.test",
        "test-archive@lists.test",
        list,
        "test-owner@lists.test",
      ].map((recipient) => verdict(port, alice, recipient)),
    );
    t.match(verdicts, [/^550.*no such list here/s, /^550/, /^250/, /^250/]);
  });

  await t.test("what is too large for one list is for the other", async (t) => {
    office.submit([list, small], post("large", "long line\n".repeat(500)));
    await here(bob, /(?=[\s\S]*^List-Id: <test\.)[\s\S]*^Subject: .*large$/m);
    const bounce = await here(alice, /limit of this list/);
    t.match(bounce, /5\.3\.4/);
    t.same(fieldsOf(bounce, "Return-Path"), ["<>"]);
  });

  await t.test("a broken setting: 4xx, and the mail waits", async (t) => {
    const file = join(home.dir, "lists", list, "list.toml");
    const good = readFileSync(file);
    writeFileSync(file, "[broken\n");
    try {
      t.match(await verdict(port, alice, "test-request@lists.test"), /^45\d/);
      const before = office.log().length;
      office.submit([list], post("waits"));
      await until(
        () => /451.4\.3\.0/.test(office.log().slice(before)),
        () => `a deferred message\n${office.log()}`,
      );
    } finally {
      writeFileSync(file, good);
    }
    office.retry();
    await here(bob, /^Subject: .*waits$/m);
  });
}

t.test("Postfix", { timeout: 110_000 }, async (t) => {
  if (!needServers(t, "postfix")) return;
  const servers = new Servers(t);
  const port = await freePort();
  const home = await homeWith(servers, port);
  const dir = join(servers.dir, "postfix");
  const main = await home.aliases("postfix", "3. LMTP", "In main.cf");
  servers.bash(`${adding} start_postfix "$@"`, [dir, String(port)], {
    MAIN: `${main.trimEnd()}\naddress_verify_poll_delay = 1`,
  });
  const { close, stop } = await runBoth(t, home);
  const etc = join(dir, "etc");
  const retry = () => call("postqueue", ["-c", etc, "-f"]);
  await carries(t, {
    home,
    port,
    retry,
    submit: (recipients, text) =>
      call(
        "sendmail",
        ["-C", etc, "-f", alice, "-i", "--", ...recipients],
        text,
      ),
    box: (address) =>
      join(dir, "mail", "box.test", address.split("@", 1)[0] ?? ""),
    log: () => readFileSync(join(dir, "postfix.log"), "utf8"),
  });

  await t.test("without the door the mail waits in Postfix", async (t) => {
    t.equal(await close(), 0, "SIGTERM closes it");
    call("sendmail", ["-C", etc, "-f", alice, "-i", "--", list], post("late"));
    const log = () => readFileSync(join(dir, "postfix.log"), "utf8");
    await until(
      () => /status=deferred.*Connection refused/.test(log()),
      () => `a deferred message\n${log()}`,
    );
    await home.run(t, ["lmtp"], /lmtp: listens on[\s\S]*lmtp: listens on/);
    retry();
    const state = () => `${home.log}\n${log()}`;
    const box = join(dir, "mail", "box.test", "bob");
    t.ok(await arrived(box, /^Subject: .*late$/m, state));
  });
  t.equal(await stop(), 0);
});

t.test("Exim", { timeout: 110_000 }, async (t) => {
  if (!needServers(t, "exim")) return;
  const servers = new Servers(t);
  const port = await freePort();
  const home = await homeWith(servers, port);
  const { dir, log, submit, retry } = await startExim(servers, home, port);
  const { close, stop } = await runBoth(t, home);
  await carries(t, {
    home,
    port,
    submit: (recipients, text) => submit(alice, recipients, text),
    retry,
    box: (address) => join(dir, "mail", address.split("@", 1)[0] ?? ""),
    log,
  });
  t.equal(await close(), 0, "SIGTERM closes it");
  t.equal(await stop(), 0);
});
