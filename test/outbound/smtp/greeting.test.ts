// How a conversation is opened, with servers that others wrote and with some that cheat.

import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { createSecureContext } from "node:tls";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import t, { type Test } from "tap";
import { parseRelay } from "../../../src/outbound/smtp/dial.ts";
import {
  type Opening,
  Unreachable,
} from "../../../src/outbound/smtp/greeting.ts";
import { Session } from "../../../src/outbound/smtp/session.ts";
import { close, half, hang, type Script, scripted } from "../scripted.ts";
import { cert, key } from "./certificate.ts";
import { content } from "./talking.ts";

/** Opens a conversation, and closes it at the end of the test. */
async function open(t: Test, url: string, more: Partial<Opening> = {}) {
  const session = await Session.open({
    address: parseRelay(url),
    hostname: "list.example",
    timeout: 20_000,
    ...more,
  });
  t.teardown(() => session.close());
  return session;
}

async function script(t: Test, says: Script, scheme = "smtp") {
  const server = await scripted(says, scheme);
  t.teardown(() => server.close());
  return server;
}

/** A server of npm's. @returns its port */
async function serve(t: Test, options: SMTPServerOptions): Promise<number> {
  const server = new SMTPServer({ logger: false, key, cert, ...options });
  server.on("error", () => {});
  const listening = server.listen(0, "0.0.0.0");
  await once(listening, "listening");
  t.teardown(() => new Promise<void>((done) => void server.close(done)));
  const address = listening.address();
  return typeof address === "object" && address ? address.port : 0;
}

const LETTER = {
  sender: "s@x",
  recipients: ["a@x"],
  content: content("x\r\n"),
};

async function sends(session: Session): Promise<string> {
  const { outcomes } = await session.offer(LETTER).complete();
  return outcomes.map(({ kind, reply }) => `${kind} ${reply}`).join();
}

t.test("EHLO, and what is offered", async (t) => {
  const server = await script(t, { ehlo: "250-x\r\n250-SIZE 5\r\n250 DSN" });
  const session = await open(t, server.url);
  t.match(session.offers, { size: 5, dsn: true, pipelining: false });
  t.same(server.commands, ["EHLO list.example"]);
  const lmtp = await script(t, {}, "lmtp");
  await open(t, lmtp.url);
  t.same(lmtp.commands, ["LHLO list.example"]);
});

t.test("HELO for a server that knows no EHLO", async (t) => {
  for (const ehlo of ["500 what", "502 not here", "504 no"]) {
    const server = await script(t, { ehlo });
    const session = await open(t, server.url);
    t.equal(session.offers.pipelining, false);
    t.same(server.commands, ["EHLO list.example", "HELO list.example"]);
    t.match(await sends(session), /^sent 250/);
  }
  const lmtp = await script(t, { ehlo: "500 what" }, "lmtp");
  await t.rejects(open(t, lmtp.url), { message: "500 what" });
});

t.test("who turns us away is told by his words", async (t) => {
  for (const [says, reply] of [
    [{ greeting: "554 5.7.1 go away" }, "554 5.7.1 go away"],
    [{ greeting: "421 busy" }, "421 busy"],
    [{ greeting: "250 hello" }, "250 hello"],
    [{ ehlo: "421 busy" }, "421 busy"],
    [{ ehlo: "451 busy" }, "451 busy"],
    [{ ehlo: "550 no", helo: "550 really" }, "550 really"],
  ] as [Script, string][]) {
    const server = await script(t, says);
    const error = await open(t, server.url).catch((error) => error);
    t.ok(error instanceof Unreachable);
    t.match(error, { message: reply, reply });
  }
});

t.test(
  "who says nothing sensible is unreachable, with the reason",
  async (t) => {
    for (const [says, message] of [
      [{ greeting: close }, /closed|ECONNRESET/],
      [{ greeting: half }, /closed/],
      [{ greeting: hang }, /no answer in time/],
      [{ greeting: "SSH-2.0-x" }, /not a reply: "SSH-2\.0-x"/],
      [{ greeting: "220 a\r\n250 b" }, /nobody asked for: 250 b/],
      [{ ehlo: close }, /closed|ECONNRESET/],
      [{ ehlo: hang }, /no answer in time/],
      [{ ehlo: "250-x\r\n251 y" }, /not a reply/],
    ] as [Script, RegExp][]) {
      const server = await script(t, says);
      const silent = says.greeting === hang || says.ehlo === hang;
      const timeout = silent ? 100 : 20_000;
      const error = await open(t, server.url, { timeout }).catch(
        (error) => error,
      );
      t.ok(error instanceof Unreachable, String(message));
      t.match(error.message, message);
      t.equal(error.reply, undefined);
    }
  },
);

t.test("nobody listens", async (t) => {
  const server = await scripted({});
  await server.close();
  await t.rejects(open(t, server.url), { message: /ECONNREFUSED/ });
  await t.rejects(open(t, "lmtp:///nowhere/at/all"), { message: /ENOENT/ });
});

t.test("opening can be given up", async (t) => {
  const server = await script(t, { greeting: hang });
  const opening = {
    address: parseRelay(server.url),
    hostname: "x",
    timeout: 60_000,
  };
  const abort = new AbortController();
  const opened = Session.open(opening, abort.signal);
  while (server.connections === 0) await new Promise(setImmediate);
  abort.abort();
  await t.rejects(opened, { message: "sending was aborted" });
  await t.rejects(Session.open(opening, abort.signal), {
    message: "sending was aborted",
  });
  t.equal(server.connections, 1);
});

t.test("TLS where it is offered, but not on this host", async (t) => {
  const secure: boolean[] = [];
  const port = await serve(t, {
    authOptional: true,
    onData(stream, session, done) {
      secure.push(session.secure);
      stream.resume().on("end", () => done());
    },
  });
  for (const host of ["0.0.0.0", "127.0.0.1"]) {
    const session = await open(t, `smtp://${host}:${port}`);
    for (const _ of [1, 2]) t.match(await sends(session), /^sent 250/);
    await session.quit();
  }
  t.same(secure, [true, true, false, false]);
});

t.test("who refuses TLS after all gets the mail in clear text", async (t) => {
  const server = await script(t, {
    ehlo: "250-x\r\n250 STARTTLS",
    other: () => "454 4.7.0 not now",
  });
  const session = await open(t, server.url.replace("127.0.0.1", "0.0.0.0"));
  t.match(await sends(session), /^sent/);
  t.equal(server.commands[1], "STARTTLS");
});

t.test("clear text behind the leave for TLS is an attack", async (t) => {
  for (const injected of [
    "250-x\r\n250 AUTH PLAIN\r\n",
    "250 half a lin",
    "421 bye\r\n",
  ]) {
    const server = await script(t, {
      ehlo: "250-x\r\n250 STARTTLS",
      other: () => (socket: Socket) =>
        socket.write(`220 go ahead\r\n${injected}`),
    });
    const url = server.url.replace("127.0.0.1", "0.0.0.0");
    const error = await open(t, url).catch((error) => error);
    t.ok(error instanceof Unreachable);
    t.match(error.message, /nobody asked for|clear text|421 bye/, injected);
    t.equal(server.commands.length, 2);
  }
});

t.test("TLS that fails or never begins", async (t) => {
  for (const [then, message] of [
    [(socket: Socket) => socket.write("x".repeat(99)), /SSL|wrong version/i],
    [(socket: Socket) => socket.end(), /closed|disconnected/],
    [() => {}, /no answer in time/],
  ] as const) {
    const server = createServer((socket) => {
      socket.on("error", () => {});
      socket.write("220 x\r\n");
      let asked = 0;
      socket.on("data", () => {
        asked += 1;
        if (asked === 1) socket.write("250-x\r\n250 STARTTLS\r\n");
        else if (asked === 2) socket.write("220 go\r\n");
        else then(socket);
      });
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    t.teardown(() => server.close());
    const address = server.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const url = `smtp://0.0.0.0:${port}`;
    const timeout = String(message).includes("in time") ? 100 : 20_000;
    await t.rejects(open(t, url, { timeout }), { message });
  }
});

t.test(
  "smtps wants a certificate that it can trust, of that host",
  async (t) => {
    const port = await serve(t, {
      secure: true,
      authOptional: true,
      onData: (stream, _, done) => void stream.resume().on("end", () => done()),
    });
    await t.rejects(open(t, `smtps://127.0.0.1:${port}`), {
      message: /self-signed certificate/,
    });
    for (const host of ["127.0.0.1", "localhost"]) {
      for (const tls of [
        { ca: cert },
        { secureContext: createSecureContext({ ca: cert }) },
      ]) {
        const session = await open(t, `smtps://${host}:${port}`, { tls });
        t.match(await sends(session), /^sent 250/);
      }
    }
    await t.rejects(
      open(t, `smtps://127.0.0.2:${port}`, { tls: { ca: cert } }),
      {
        message: /127\.0\.0\.2 is not in the cert/,
      },
    );
  },
);

const login = { user: "tim", password: "secret" };
const authenticated: SMTPServerOptions = {
  authMethods: ["PLAIN", "LOGIN", "CRAM-MD5"],
  onAuth(auth, _, done) {
    const right =
      auth.username === login.user &&
      (auth.method === "CRAM-MD5"
        ? auth.validatePassword(login.password)
        : auth.password === login.password);
    done(right ? null : new Error("no such user"), { user: auth.username });
  },
  onData(stream, session, done) {
    stream.resume().on("end", () => done(null, `taken from ${session.user}`));
  },
};

t.test("logging in, by each mechanism", async (t) => {
  for (const mechanism of ["PLAIN", "LOGIN", "CRAM-MD5"]) {
    const port = await serve(t, {
      ...authenticated,
      authMethods: [mechanism],
      allowInsecureAuth: true,
    });
    const url = `smtp://127.0.0.1:${port}`;
    t.match(await sends(await open(t, url, { login })), /taken from tim/);
    await t.rejects(open(t, url, { login: { ...login, password: "wrong" } }), {
      message: /login refused: 535/,
    });
  }
});

t.test("no password to whom TLS does not make known", async (t) => {
  const port = await serve(t, { ...authenticated, authMethods: ["PLAIN"] });
  const url = `smtp://0.0.0.0:${port}`;
  await t.rejects(open(t, url, { login }), { message: /self-signed/ });
  const session = await open(t, url, { login, tls: { ca: cert } });
  t.match(await sends(session), /taken from tim/);
  const clear = await script(t, { ehlo: "250-x\r\n250 AUTH PLAIN LOGIN" });
  const error = await open(t, clear.url.replace("127.0.0.1", "0.0.0.0"), {
    login,
  }).catch((error) => error);
  t.match(error.message, /not encrypted/);
  t.same(clear.commands, ["EHLO list.example"]);
});
