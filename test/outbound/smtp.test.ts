import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import t, { type Test } from "tap";
import { noLog } from "../../src/base/log.ts";
import type { Piece } from "../../src/base/pieces.ts";
import { Relay } from "../../src/outbound/smtp.ts";
import { close, half, hang, type Script, scripted } from "./scripted.ts";

const A = "a@example.org";
const B = "b@example.org";
const MESSAGE = [Buffer.from("Subject: x\n\nbody\n")];

/** A relay that keeps to a script, and ours that talks to it. */
async function pair(t: Test, script: Script, scheme = "smtp", timeout = 5000) {
  const server = await scripted(script, scheme);
  const relay = new Relay({
    url: server.url,
    hostname: "list.example",
    timeout,
    log: noLog,
  });
  t.teardown(async () => {
    await relay.close();
    await server.close();
  });
  const send = (
    recipients: string[],
    content: Piece[] = MESSAGE,
    sender = "s@example.org",
    signal?: AbortSignal,
  ) => relay.send({ sender, recipients, content, signal });
  return { server, relay, send };
}

/** "a sent", "b later broken" … */
function brief(outcomes: Awaited<ReturnType<Relay["send"]>>): string[] {
  return outcomes.map(({ address, kind, trouble }) =>
    [address[0], kind, trouble].filter(Boolean).join(" "),
  );
}

const SENT = ["a sent", "b sent"];

t.test(
  "each recipient has its own outcome, in order, doubles included",
  async (t) => {
    const { send, server } = await pair(t, {
      rcpt: (it) =>
        it === B
          ? "550 5.1.1 no\u0007such user"
          : it[0] === "c"
            ? "450 full"
            : "250 ok",
    });
    const found = await send([B, A, "c@example.org", A, "x\r\nDATA"]);
    t.same(brief(found), ["b never", "a sent", "c later", "a sent", "x never"]);
    t.equal(found[0]?.reply, "550 5.1.1 no such user");
    t.same(server.commands.filter((it) => it.startsWith("RCPT")).length, 3);
  },
);

t.test("what goes wrong at each step", async (t) => {
  const unreachable = ["a later unreachable", "b later unreachable"];
  const broken = ["a later broken", "b later broken"];
  const later = ["a later", "b later"];
  const never = ["a never", "b never"];
  const secondNever = (it: string) => (it === B ? "550 no" : "250 ok");
  const cases: [string, Script, string[]][] = [
    ["greeting: closed", { greeting: close }, unreachable],
    ["greeting: silence", { greeting: hang }, unreachable],
    ["greeting: half a line", { greeting: half }, unreachable],
    ["greeting: garbage", { greeting: "SSH-2.0-x" }, unreachable],
    ["greeting: 421", { greeting: "421 busy" }, unreachable],
    ["greeting: 554", { greeting: "554 go away" }, unreachable],
    ["EHLO: closed", { ehlo: close }, unreachable],
    ["EHLO: 421", { ehlo: "421 busy" }, unreachable],
    ["MAIL: closed", { mail: () => close }, broken],
    ["MAIL: silence", { mail: () => hang }, broken],
    ["MAIL: half a line", { mail: () => half }, broken],
    ["MAIL: 451", { mail: () => "451 busy" }, later],
    ["MAIL: 421", { mail: () => "421 busy" }, later],
    ["MAIL: 550", { mail: () => "550 no" }, never],
    ["MAIL: 530", { mail: () => "530 STARTTLS first" }, later],
    ["RCPT: closed", { rcpt: () => close }, broken],
    ["RCPT: all 550", { rcpt: () => "550 no" }, never],
    [
      "RCPT: 450 and 550",
      { rcpt: (it) => (it === B ? "550 no" : "450 x") },
      ["a later", "b never"],
    ],
    [
      "RCPT: 550, then closed",
      { rcpt: (it) => (it === A ? "550 no" : close) },
      ["a never", "b later broken"],
    ],
    [
      "RCPT: 550, then 421",
      { rcpt: (it) => (it === A ? "550 no" : "421 enough") },
      ["a never", "b later"],
    ],
    ["DATA: closed", { data: close }, broken],
    ["DATA: 451", { data: "451 x", rcpt: secondNever }, ["a later", "b never"]],
    ["DATA: 554", { data: "554 x", rcpt: () => "250 ok" }, never],
    ["end: closed", { end: close }, broken],
    ["end: silence", { end: hang }, broken],
    ["end: half a line", { end: half }, broken],
    [
      "end: 452",
      { end: "452 full", rcpt: secondNever },
      ["a later", "b never"],
    ],
    ["end: 552", { end: "552 spam" }, never],
    ["end: 421", { end: "421 bye", rcpt: secondNever }, ["a later", "b never"]],
    ["end: garbage", { end: "hello" }, later],
  ];
  for (const pipelining of [true, false])
    for (const [name, script, expected] of cases) {
      const ehlo =
        script.ehlo ?? (pipelining ? "250-x\r\n250 PIPELINING" : "250 x");
      const { send, server } = await pair(t, { ...script, ehlo }, "smtp", 150);
      t.same(
        brief(await send([A, B])),
        expected,
        `${name}, pipelining ${pipelining}`,
      );
      t.equal(server.connections, 1, "one try");
    }
});

t.test("nobody listens", async (t) => {
  const server = await scripted({});
  await server.close();
  const relay = new Relay({
    url: server.url,
    hostname: "x",
    timeout: 5000,
    log: noLog,
  });
  const found = await relay.send({
    sender: "",
    recipients: [A],
    content: MESSAGE,
  });
  t.same(brief(found), ["a later unreachable"]);
  t.match(found[0]?.reply, /no relay at smtp:\/\/127.*ECONNREFUSED/);
});

t.test("a conversation is kept, and reset after a refusal", async (t) => {
  let no = true;
  const { send, server } = await pair(t, {
    rcpt: () => (no ? "550 no" : "250 ok"),
  });
  t.same(brief(await send([A])), ["a never"]);
  no = false;
  t.same(brief(await send([A, B])), SENT);
  t.same(brief(await send([A, B])), SENT);
  t.equal(server.connections, 1);
  t.equal(server.commands.filter((it) => it === "RSET").length, 1);
});

t.test("a conversation that died while idle is begun anew, once", async (t) => {
  for (const mail of [
    (count: number) => (count > 1 ? close : "250 ok"),
    (count: number) => (count > 1 ? "421 idle too long" : "250 ok"),
  ]) {
    const { send, server } = await pair(t, { mail });
    await send([A]);
    t.same(brief(await send([A, B])), SENT);
    t.equal(server.connections, 2);
  }
  const { send, server } = await pair(t, {});
  await send([A]);
  server.cut();
  t.same(brief(await send([A, B])), SENT);
});

t.test(
  "what was asked for twice may have been taken once, so it is not repeated",
  async (t) => {
    let end = "250 ok";
    const { send, server } = await pair(t, {
      end: (socket) =>
        end === "" ? socket.destroy() : void socket.write(`${end}\r\n`),
    });
    await send([A]);
    end = "";
    t.same(brief(await send([A])), ["a later broken"]);
    t.equal(server.connections, 1);
  },
);

t.test("line ends, dots and odd bytes arrive as they must", async (t) => {
  const { send, server } = await pair(t, {});
  const cases: [string, string][] = [
    ["a\nb\n", "a\r\nb\r\n.\r\n"],
    ["a\r\nb", "a\r\nb\r\n.\r\n"],
    ["a\rb\n", "a b\r\n.\r\n"],
    ["a\n.\nb\n..\n", "a\r\n..\r\nb\r\n...\r\n.\r\n"],
    ["a\n.\r\nb\r", "a\r\n..\r\nb \r\n.\r\n"],
    [".", "..\r\n.\r\n"],
    ["x\0\xe9\n", "x\0\xe9\r\n.\r\n"],
    ["a\r\r\n.\r.\n", "a \r\n.. .\r\n.\r\n"],
  ];
  for (const [given, expected] of cases) {
    await send([A], [Buffer.from(given, "latin1")]);
    t.equal(server.messages.pop(), expected, JSON.stringify(given));
  }
});

t.test(
  "a message that cannot be read whole is an error, and nothing is taken",
  async (t) => {
    const { send, server } = await pair(t, {});
    const path = join(t.testdir(), "message");
    writeFileSync(path, "x".repeat(200_000));
    for (const end of [200_001, 999_999])
      await t.rejects(send([A], [{ path, start: 0, end }]), /too early/);
    await t.rejects(
      send([A], [{ path: `${path}.gone`, start: 0, end: 99_999 }]),
      { code: "ENOENT" },
    );
    t.same(server.messages, []);
    t.same(brief(await send([A, B])), SENT);
  },
);

t.test("an international address needs a relay that can", async (t) => {
  const lacking = await pair(t, {});
  const found = await lacking.send(["jörg@example.org", A]);
  t.same(brief(found), ["j never", "a sent"]);
  t.match(found[0]?.reply, /5\.6\.7/);
  t.same(brief(await lacking.send([A], MESSAGE, "jörg@example.org")), [
    "a never",
  ]);
  const able = await pair(t, { ehlo: "250-x\r\n250 SMTPUTF8" });
  t.same(brief(await able.send(["jörg@example.org", A])), ["j sent", "a sent"]);
  t.match(able.server.commands[1], /^MAIL FROM:<s@example\.org> SMTPUTF8/);
});

t.test("the size is told, and too large is never", async (t) => {
  const { send, server } = await pair(t, { ehlo: "250-x\r\n250 SIZE 100" });
  t.same(brief(await send([A])), ["a sent"]);
  t.match(server.commands[1], /SIZE=17$/);
  const found = await send([A], [Buffer.alloc(101, "x\n")]);
  t.match(found, [{ kind: "never", reply: /5\.3\.4/ }]);
  t.same(brief(await send([A])), ["a sent"]);
});

t.test("LMTP: a reply for each recipient", async (t) => {
  const lmtp = await pair(
    t,
    {
      rcpt: (it) => (it[0] === "c" ? "550 gone" : "250 ok"),
      end: "250 one\r\n452 full\r\n550 no\r\n250 two\r\n451 later",
    },
    "lmtp",
  );
  const found = await lmtp.send(["1@x", "2@x", "c@x", "3@x", "4@x", "5@x"]);
  t.same(brief(found), [
    "1 sent",
    "2 later",
    "c never",
    "3 never",
    "4 sent",
    "5 later",
  ]);
  t.equal(found[0]?.reply, "250 accepted");
  t.match(lmtp.server.commands[0], /^LHLO list\.example$/);
});

t.test("aborting cuts the conversation", async (t) => {
  const { send } = await pair(t, { end: hang });
  const abort = new AbortController();
  const sending = send([A], MESSAGE, "", abort.signal);
  setImmediate(() => abort.abort());
  t.match((await sending)[0]?.kind, "later");
  const aborted = await send([A], MESSAGE, "", abort.signal);
  t.match(aborted[0]?.kind, "later");
});

t.test("a Unix socket will do", async (t) => {
  const path = join(t.testdir(), "s");
  const server = createServer((socket) => socket.end("421 busy\r\n")).listen(
    path,
  );
  t.teardown(() => server.close());
  const relay = new Relay({
    url: `lmtp://${path}`,
    hostname: "x",
    timeout: 5000,
    log: noLog,
  });
  t.match(await relay.send({ sender: "", recipients: [A], content: MESSAGE }), [
    { reply: /busy/ },
  ]);
});

t.test("a URL that names no relay is refused with advice", (t) => {
  for (const url of [
    "",
    "localhost",
    "http://x",
    "smtp://",
    "smtp://u:p@x",
    "smtps:///s",
  ])
    t.throws(
      () => new Relay({ url, hostname: "x", timeout: 1, log: noLog }),
      { exitCode: 78 } as unknown as Error,
      url,
    );
  t.end();
});
