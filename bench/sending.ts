/**
 * A process of its own that sends the same message again and again over kept connections, one after the
 * other on each: `node bench/sending.ts ours|nodemailer PORT CONNECTIONS MESSAGES RECIPIENTS SIZE` prints
 * what that took as JSON, its own start left out.
 */
import { tmpdir } from "node:os";
import SMTPConnection from "nodemailer/lib/smtp-connection";
import { Session } from "../src/outbound/smtp/session.ts";
import { wireOf } from "../src/outbound/wire.ts";
import { peakMemory } from "./measure.ts";

const [client, ...numbers] = process.argv.slice(2);
const [port = 0, connections = 1, messages = 0, most = 1, size = 0] =
  numbers.map(Number);
const host = "127.0.0.1";
const hostname = "bench.example";
const sender = "list-bounces@bench.example";
const recipients = Array.from(
  { length: most },
  (_, n) => `member${n}@host${n % 97}.example`,
);
const line = `${"x".repeat(69)}\n`;
const message = Buffer.from(
  `Subject: bench\n\n${line.repeat(Math.ceil(size / line.length))}`,
);
/** Messages that no connection has begun. */
let left = messages;
let sent = 0;

async function ours(): Promise<void> {
  const address = { host, port, lmtp: false, tls: "none" } as const;
  const content = await wireOf([message], tmpdir());
  const session = await Session.open({ address, hostname, timeout: 60_000 });
  const next = () => {
    if (left === 0) return undefined;
    left -= 1;
    return session.offer({ sender, recipients, content });
  };
  for (let offer = next(); offer; ) {
    await offer.open;
    const done = offer.complete();
    offer = next();
    const { outcomes } = await done;
    if (outcomes.every(({ kind }) => kind === "sent")) sent += 1;
  }
  await session.quit();
}

async function theirs(): Promise<void> {
  const connection = new SMTPConnection({ host, port, name: hostname });
  await new Promise<void>((resolve, reject) => {
    connection.once("error", reject);
    connection.connect(() => resolve());
  });
  while (left > 0) {
    left -= 1;
    await new Promise<void>((resolve, reject) => {
      const envelope = { from: sender, to: recipients };
      connection.send(envelope, message, (error) =>
        error ? reject(error) : resolve(),
      );
    });
    sent += 1;
  }
  connection.quit();
}

const before = process.cpuUsage();
const from = performance.now();
const one = client === "ours" ? ours : theirs;
await Promise.all(Array.from({ length: connections }, one));
const seconds = (performance.now() - from) / 1000;
const { user, system } = process.cpuUsage(before);
if (sent !== messages) throw new Error(`${sent} of ${messages} sent`);
process.stdout.write(
  JSON.stringify({ seconds, cpu: (user + system) / 1e6, memory: peakMemory() }),
);
