// Against servers that others wrote: npm's smtp-server, and Postfix's smtp-sink where it is installed.
import { once } from "node:events";
import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";
import t, { type Test } from "tap";
import { sinkMissing, startSink } from "../../../bench/sink.ts";
import { parseRelay } from "../../../src/outbound/smtp/dial.ts";
import type { Letter } from "../../../src/outbound/smtp/letter.ts";
import { Session } from "../../../src/outbound/smtp/session.ts";
import { wireOf } from "../../../src/outbound/wire.ts";
import { cert, key } from "./certificate.ts";
import { brief, content, LETTER } from "./talking.ts";

function open(url: string, timeout = 20_000): Promise<Session> {
  const address = parseRelay(url);
  return Session.open({ address, hostname: "x", timeout, tls: { ca: cert } });
}

async function serve(t: Test, options: SMTPServerOptions): Promise<Session> {
  const server = new SMTPServer({
    authOptional: true,
    logger: false,
    key,
    cert,
    ...options,
  });
  server.on("error", () => {});
  const listening = server.listen(0, "127.0.0.1");
  await once(listening, "listening");
  const address = listening.address();
  const port = typeof address === "object" ? address?.port : 0;
  const scheme = options.lmtp ? "lmtp" : options.secure ? "smtps" : "smtp";
  const session = await open(`${scheme}://127.0.0.1:${port}`);
  t.teardown(async () => {
    await session.quit();
    await new Promise<void>((done) => void server.close(done));
  });
  return session;
}

/** Sends them one after the other, each offered before the reply to the one before. */
async function sendAll(session: Session, letters: Letter[]): Promise<string[]> {
  const found: string[] = [];
  let offer = session.offer(letters[0] as Letter);
  for (let next = 1; next <= letters.length; next++) {
    await offer.open;
    const done = offer.complete();
    const letter = letters[next];
    if (letter !== undefined) offer = session.offer(letter);
    found.push(...brief(await done));
  }
  return found;
}

const many = (count: number): Letter[] =>
  Array.from({ length: count }, (_, at) => ({
    ...LETTER,
    sender: `${at}@x`,
    content: content(`Subject: ${at}\r\n\r\n..dot ${at}\r\n`),
  }));

t.test(
  "smtp-server: a row of messages, in clear text, with TLS, by LMTP",
  async (t) => {
    for (const options of [{}, { secure: true }, { lmtp: true }]) {
      const got: string[] = [];
      const session = await serve(t, {
        ...options,
        async onData(stream, { envelope: { mailFrom, rcptTo } }, done) {
          const text = Buffer.concat(await Array.fromAsync(stream)).toString();
          const from = mailFrom === false ? "" : mailFrom.address;
          got.push(`${from} ${rcptTo.length} ${text}`);
          done(
            null,
            (options.lmtp ? rcptTo.map(() => "250 ok") : "ok") as string,
          );
        },
      });
      const found = await sendAll(session, many(50));
      t.equal(found.filter((it) => it.endsWith("sent")).length, 100);
      t.same(
        got,
        Array.from(
          { length: 50 },
          (_, at) => `${at}@x 2 Subject: ${at}\r\n\r\n.dot ${at}\r\n`,
        ),
      );
    }
  },
);

/** A file of so many MB, as one piece. */
function large(t: Test, megabytes: number) {
  const path = join(t.testdir(), "large");
  const block = Buffer.from(`.${"x".repeat(62)}\n`.repeat(16_384));
  const file = openSync(path, "w");
  for (let i = 0; i < megabytes; i++) writeSync(file, block);
  closeSync(file);
  return { path, start: 0, end: megabytes * block.length };
}

t.test(
  "smtp-server: who reads slowly is waited for, with TLS too",
  async (t) => {
    for (const secure of [false, true]) {
      let received = 0;
      const session = await serve(t, {
        secure,
        async onData(stream, _, done) {
          for await (const chunk of stream) {
            received += chunk.length;
            await new Promise(setImmediate);
          }
          done();
        },
      });
      const wire = await wireOf([large(t, 4)], t.testdirName);
      const letters = [1, 2].map(() => ({ ...LETTER, content: wire }));
      t.same(await sendAll(session, letters), [
        "a sent",
        "b sent",
        "a sent",
        "b sent",
      ]);
      wire.close();
      t.equal(received, 2 * wire.size);
    }
  },
);

t.test("smtp-sink", { skip: sinkMissing() ?? false }, async (t) => {
  const sink = await startSink();
  t.teardown(() => sink.stop());
  const session = await open(sink.url);
  t.teardown(() => session.quit());

  await t.test("thousands of messages", async (t) => {
    const found = await sendAll(session, many(3000));
    t.equal(found.length, 6000);
    t.same(new Set(found), new Set(["a sent", "b sent"]));
    t.equal(session.transactions, 3000);
  });

  await t.test("many recipients share the words of the reply", async (t) => {
    const recipients = Array.from({ length: 1000 }, (_, at) => `${at}@x`);
    const { outcomes } = await session
      .offer({ ...LETTER, recipients })
      .complete();
    t.same(
      outcomes.map(({ address }) => address),
      recipients,
    );
    t.same(new Set(outcomes.map(({ kind }) => kind)), new Set(["sent"]));
  });

  await t.test("100 MB with memory flat, ready in a file once", async (t) => {
    let peak = 0;
    const before = process.memoryUsage().arrayBuffers;
    const timer = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
    }, 1);
    const wire = await wireOf([large(t, 100)], t.testdirName);
    const letters = [1, 2].map(() => ({ ...LETTER, content: wire }));
    const found = await sendAll(session, letters);
    clearInterval(timer);
    wire.close();
    t.same(new Set(found), new Set(["a sent", "b sent"]));
    t.ok(peak < 20_000_000, `100 MB took ${peak} bytes of memory`);
  });
});
