/**
 * The ceiling of Node: a process of its own that writes bytes made beforehand to pipelined connections
 * and keeps no state but how many lines it waits for. The content and the final dot of a message and
 * the commands of the next are one write, so a message costs one round trip. Nothing of what a sender
 * must do is done: replies are only counted, the sender and the recipients are always the same.
 * `node bench/bare.ts PORT CONNECTIONS MESSAGES RECIPIENTS SIZE` prints what that took as JSON, its own
 * start left out, when the last message is answered.
 */
import { connect, type Socket } from "node:net";
import { peakMemory } from "./measure.ts";

const LINE_END = 0x0a;
const [port = 0, connections = 1, messages = 0, recipients = 1, size = 0] =
  process.argv.slice(2).map(Number);

const commands = [
  "MAIL FROM:<list-bounces@bench.example>",
  ...Array.from(
    { length: recipients },
    (_, n) => `RCPT TO:<member${n}@host${n % 97}.example>`,
  ),
  "DATA",
  "",
].join("\r\n");
const line = `${"x".repeat(68)}\r\n`;
const content = `Subject: bench\r\n\r\n${line.repeat(Math.ceil(size / line.length))}.\r\n`;
const opening = Buffer.from(commands);
const both = Buffer.from(`${content}${commands}`);
const ending = Buffer.from(`${content}QUIT\r\n`);

/** Messages that no connection has begun. */
let left = messages;
let answered = 0;

const before = process.cpuUsage();
const from = performance.now();
await Promise.all(Array.from({ length: connections }, one));
const seconds = (performance.now() - from) / 1000;
const { user, system } = process.cpuUsage(before);
if (answered !== messages)
  throw new Error(`${answered} answers to ${messages} messages`);
process.stdout.write(
  JSON.stringify({ seconds, cpu: (user + system) / 1e6, memory: peakMemory() }),
);

/** The life of a connection. Settles with the answer to its last message. */
function one(): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: "127.0.0.1", port, noDelay: true });
    socket.once("error", reject);
    // Before the last answer that is an end too early.
    socket.once("close", () => reject(new Error("the server has closed")));
    greet(socket, () => {
      if (left === 0) {
        socket.destroy();
        resolve();
        return;
      }
      left -= 1;
      /** Lines until the next write. */
      let awaited = recipients + 2;
      let isFirst = true;
      let isLast = false;
      socket.on("data", (bytes) => {
        for (
          let at = bytes.indexOf(LINE_END);
          at >= 0;
          at = bytes.indexOf(LINE_END, at + 1)
        )
          awaited -= 1;
        if (awaited > 0) return;
        if (!isFirst) answered += 1;
        isFirst = false;
        if (isLast) {
          socket.destroy();
          resolve();
          return;
        }
        isLast = left === 0;
        if (!isLast) left -= 1;
        awaited = isLast ? 1 : recipients + 3;
        socket.write(isLast ? ending : both);
      });
      socket.write(opening);
    });
  });
}

/** Greeting and EHLO, whose answer has several lines. */
function greet(socket: Socket, done: () => void): void {
  let text = "";
  const listen = (bytes: Buffer) => {
    text += bytes.toString("latin1");
    if (/^220 .*\r\n$/.test(text)) {
      text = "";
      socket.write("EHLO bench.example\r\n");
    } else if (/^250 .*\r\n$/m.test(text)) {
      socket.off("data", listen);
      done();
    }
  };
  socket.on("data", listen);
}
