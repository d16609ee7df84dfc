// Our client of SMTP with the servers that it is made for, Postfix and Exim: by DATA and by BDAT the
// same bytes arrive.
import {
  appendFileSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { parseRelay } from "../../src/outbound/smtp/dial.ts";
import type { Letter } from "../../src/outbound/smtp/letter.ts";
import { Session } from "../../src/outbound/smtp/session.ts";
import type { Transaction } from "../../src/outbound/smtp/transaction.ts";
import { wireOf } from "../../src/outbound/wire.ts";
import { adding } from "./asking.ts";
import { until } from "./mill.ts";
import { arrived, fieldsOf, mailsIn } from "./postHome.ts";
import { call, freePort, needServers, Servers } from "./servers.ts";

t.setTimeout(230_000);

const alice = "alice@box.test";
const bob = "bob@box.test";

/** A server, and who talks to it. */
interface Office {
  readonly session: Session;
  /** The Maildir of an address at box.test. */
  box(address: string): string;
  log(): string;
}

async function talkTo(t: Test, port: number): Promise<Session> {
  const session = await Session.open({
    address: parseRelay(`smtp://127.0.0.1:${port}`),
    hostname: "list.test",
    timeout: 20_000,
  });
  t.teardown(() => session.quit());
  return session;
}

async function postfix(t: Test, chunking: boolean): Promise<Office> {
  const servers = new Servers(t);
  const port = await freePort();
  const dir = join(servers.dir, "postfix");
  servers.bash(`${adding} start_postfix "$@"`, [dir, String(port)], {
    MAIN: [
      `smtpd_discard_ehlo_keywords=${chunking ? "" : "chunking"}`,
      "smtpd_authorized_verp_clients=127.0.0.1",
    ].join("\n"),
    // Mail to lists.test fails after Postfix has taken it.
    PIPE_CMD: "/bin/false",
  });
  return {
    session: await talkTo(t, port),
    box: (address) =>
      join(dir, "mail", "box.test", address.split("@")[0] ?? ""),
    log: () => readFileSync(join(dir, "postfix.log"), "utf8"),
  };
}

const eximProgram = "/opt/exim4/usr/sbin/exim4";

async function exim(t: Test, chunking: boolean): Promise<Office> {
  const servers = new Servers(t);
  const port = await freePort();
  const dir = join(servers.dir, "exim");
  servers.bash('start_exim "$@"', [dir, String(port)]);
  const log = () =>
    ["mainlog", "paniclog"]
      .filter((name) => readdirSync(join(dir, "log")).includes(name))
      .map((name) => readFileSync(join(dir, "log", name), "utf8"))
      .join("");
  const file = join(dir, "exim.conf");
  writeFileSync(
    file,
    readFileSync(file, "utf8")
      .replace(
        "chunking_advertise_hosts =\n",
        [
          `chunking_advertise_hosts = ${chunking ? "*" : ""}`,
          "dsn_advertise_hosts = *",
          // Else what comes after ten on one connection waits for a queue runner.
          "smtp_accept_queue_per_connection = 0",
          "",
        ].join("\n"),
      )
      .replace("acl_smtp_rcpt = accept", "acl_smtp_rcpt = known")
      .replace(
        "begin routers",
        "begin acl\nknown:\n  accept verify = recipient\n\nbegin routers",
      ),
  );
  call(eximProgram, ["-C", file, "-bV"]);
  const pid = Number(readFileSync(join(dir, "exim.pid"), "utf8"));
  process.kill(pid, "SIGHUP");
  await until(
    () => log().split("daemon started").length > 2,
    () => `Exim to take its settings\n${log()}`,
  );
  return {
    session: await talkTo(t, port),
    box: (address) => join(dir, "mail", address.split("@")[0] ?? ""),
    log,
  };
}

/** What arrives of it has LF line ends; the bare CR was made a space. */
const awkward = Buffer.concat([
  Buffer.from(
    "From: <alice@box.test>\nSubject: awkward\nMessage-ID: <awkward@x>\nDate: Mon, 20 Jul 2026 10:00:00 +0000\n\n" +
      ".\n..\n.dot\n a.b\nFrom here on\n",
  ),
  Buffer.from(Array.from({ length: 128 }, (_, at) => 128 + at)),
  Buffer.from(`\n${"long ".repeat(1000)}\n`),
  Buffer.from("bare\rCR\r\n\n\n.\n\tno line end at the end"),
]);

const arrivesAs = Buffer.from(
  `${awkward.toString("latin1").replace("bare\rCR\r\n", "bare CR\n")}\n`,
  "latin1",
);

function message(subject: string, lines = "Hello.\n"): Buffer {
  return Buffer.from(
    `From: <${alice}>\nSubject: ${subject}\nMessage-ID: <${subject}@x>\nDate: Mon, 20 Jul 2026 10:00:00 +0000\n\n${lines}`,
  );
}

async function letter(
  bytes: Uint8Array,
  ...recipients: string[]
): Promise<Letter> {
  const content = await wireOf([bytes], "/nowhere");
  return { sender: "list-bounces@box.test", recipients, content };
}

/** The bytes of a message in a Maildir, without what the server put before them. */
function bytesFrom(maildir: string, first: string): Buffer[] {
  const folder = join(maildir, "new");
  return readdirSync(folder).flatMap((name) => {
    const bytes = readFileSync(join(folder, name));
    const from = bytes.indexOf(first);
    return from < 0 ? [] : [bytes.subarray(from)];
  });
}

const kinds = ({ outcomes }: Transaction) => outcomes.map(({ kind }) => kind);

for (const [server, start] of Object.entries({ postfix, exim }))
  for (const chunking of [false, true])
    t.test(
      `${server}, by ${chunking ? "BDAT" : "DATA"}`,
      { timeout: 110_000 },
      async (t) => {
        if (!needServers(t, server as "postfix" | "exim")) return;
        const office = await start(t, chunking);
        const { session } = office;
        const state = () => office.log();
        t.match(session.offers, { pipelining: true, chunking, dsn: true });

        await t.test("awkward bytes arrive as they are", async (t) => {
          const offer = session.offer(await letter(awkward, alice));
          await offer.open;
          t.same(kinds(await offer.complete()), ["sent"]);
          await arrived(office.box(alice), /Subject: awkward/, state);
          const [bytes = Buffer.alloc(0)] = bytesFrom(
            office.box(alice),
            "From: <alice@box.test>\n",
          );
          t.ok(bytes.equals(arrivesAs), bytes.toString("latin1"));
        });

        await t.test("one after the other, asked for ahead", async (t) => {
          const count = 40;
          const letters = await Promise.all(
            Array.from({ length: count }, (_, at) =>
              letter(message(`row${at}.`), at % 2 ? alice : bob, alice),
            ),
          );
          let offer = session.offer(letters[0] as Letter);
          for (let at = 1; at <= count; at++) {
            await offer.open;
            const done = offer.complete();
            if (at < count) offer = session.offer(letters[at] as Letter);
            const transaction = await done;
            t.same(kinds(transaction), ["sent", "sent"]);
            t.ok(transaction.replySeconds > 0);
          }
          await until(
            () =>
              mailsIn(office.box(alice)).filter((mail) =>
                /^Subject: row/m.test(mail),
              ).length >= count,
            () => `${count} messages\n${state()}`,
          );
          for (let at = 0; at < count; at++)
            t.ok(
              mailsIn(office.box(alice)).some((mail) =>
                mail.includes(`Subject: row${at}.\n`),
              ),
            );
        });

        await t.test(
          "who does not exist is never, and the others get it",
          async (t) => {
            const nobody = "nobody@box.test";
            const all = await letter(message("none"), nobody, "nix@box.test");
            const some = await letter(message("some"), nobody, bob);
            const refused = await session.offer(all).complete();
            t.same(kinds(refused), ["never", "never"]);
            t.match(refused.outcomes[0]?.reply, /^550 /);
            for (const expected of [
              ["never", "sent"],
              ["never", "sent"],
            ])
              t.same(kinds(await session.offer(some).complete()), expected);
            await arrived(office.box(bob), /^Subject: some$/m, state);
            t.equal(
              mailsIn(office.box(bob)).filter((mail) => mail.includes("none"))
                .length,
              0,
            );
          },
        );

        await t.test("a large message from a file arrives whole", async (t) => {
          const folder = t.testdir();
          const path = join(folder, "message");
          const head = message("large", "");
          const lines = `.${"x".repeat(70)}\n`.repeat(1000);
          writeFileSync(path, head);
          for (let count = 0; count < 70; count++) appendFileSync(path, lines);
          const end = readFileSync(path).length;
          const content = await wireOf([{ path, start: 0, end }], folder);
          const offer = session.offer({
            sender: "",
            recipients: [bob, bob],
            content,
          });
          await offer.open;
          t.same(kinds(await offer.complete()), ["sent", "sent"]);
          content.close();
          await arrived(office.box(bob), /^Subject: large$/m, state);
          const [bytes = Buffer.alloc(0)] = bytesFrom(
            office.box(bob),
            "From: <alice@box.test>\nSubject: large",
          );
          t.ok(bytes.equals(readFileSync(path)));
        });

        await t.test("withdrawn, nothing arrives", async (t) => {
          const offer = session.offer(await letter(message("withdrawn"), bob));
          await offer.open;
          await offer.withdraw();
          t.equal(session.alive, chunking, "by DATA the line is cut");
          await session.quit();
          t.notMatch(state(), /panic|fatal/);
        });
      },
    );

t.test("Postfix: return paths and reports", { timeout: 110_000 }, async (t) => {
  if (!needServers(t, "postfix")) return;
  const { session, box, log } = await postfix(t, true);
  t.equal(session.offers.xverp, true);

  await t.test("XVERP: one transaction, a return path for each", async (t) => {
    const one = await letter(message("verp"), alice, bob);
    const done = session.offer({ ...one, xverp: true }).complete();
    t.same(kinds(await done), ["sent", "sent"]);
    for (const name of ["alice", "bob"]) {
      const mail = await arrived(
        box(`${name}@box.test`),
        /^Subject: verp$/m,
        log,
      );
      t.same(fieldsOf(mail, "Return-Path"), [
        `<list-bounces+${name}=box.test@box.test>`,
      ]);
    }
  });

  await t.test(
    "a report names our id and the address as it was given",
    async (t) => {
      const one = await letter(message("far"), "far+away@lists.test");
      const sender = "carol@box.test";
      const done = session
        .offer({ ...one, sender, envid: "post=1+2" })
        .complete();
      t.same(kinds(await done), ["sent"]);
      const report = await arrived(box(sender), /multipart\/report/, log);
      t.match(report, /^Original-Envelope-Id: post=1\+2$/m);
      t.match(report, /^Original-Recipient: rfc822;far\+away@lists\.test$/m);
      t.match(report, /^Status: 5\.3\.0$/m);
      t.match(report, /^Content-Type: text\/rfc822-headers$/m);
      t.notMatch(report, /^Hello\.$/m, "the header alone comes back");
    },
  );
});
