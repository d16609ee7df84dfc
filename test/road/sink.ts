/**
 * An SMTP server that counts what it takes, recipient by recipient, and that can be told to refuse,
 * to be slow or to break off. What is not answered with 250 does not count.
 */
import type { Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { SMTPServer } from "smtp-server";
import type { Test } from "tap";

export interface Manner {
  /** The answer to a recipient, as "550 5.1.1 nobody of that name"; without one it is taken. */
  readonly answer?: (recipient: string) => string | undefined;
  /** Milliseconds until a message is answered. */
  readonly slow?: number;
  /** Whether the connection breaks instead of the answer to a message. */
  readonly die?: (recipients: readonly string[]) => boolean;
}

export interface Taken {
  /** "" is the null sender. */
  readonly sender: string;
  readonly recipients: readonly string[];
  /** With CRLF line ends. */
  readonly text: string;
}

export interface Sink {
  /** `smtp://127.0.0.1:port`. */
  readonly url: string;
  readonly taken: readonly Taken[];
  /** How often a message with these words in it was taken for each recipient. */
  counts(words: string): Map<string, number>;
  /** From now on. */
  behave(manner: Manner): void;
}

/** Starts one on a free port; it ends with the test. */
export async function startSink(
  t: Pick<Test, "teardown">,
  first: Manner = {},
): Promise<Sink> {
  let manner = first;
  const taken: Taken[] = [];
  const sockets = new Map<number, Socket>();
  const server = new SMTPServer({
    authOptional: true,
    logger: false,
    disabledCommands: ["STARTTLS"],
    onRcptTo({ address }, _session, done) {
      const reply = manner.answer?.(address);
      done(reply === undefined ? null : refusal(reply));
    },
    async onData(stream, session, done) {
      const { mailFrom, rcptTo } = session.envelope;
      const text = Buffer.concat(await Array.fromAsync(stream)).toString();
      const recipients = rcptTo.map(({ address }) => address);
      if (manner.slow) await pause(manner.slow);
      const socket = sockets.get(session.remotePort);
      if (manner.die?.(recipients)) {
        socket?.destroy();
        return;
      }
      const sender = mailFrom === false ? "" : mailFrom.address;
      taken.push({ sender, recipients, text });
      done();
    },
  });
  server.on("error", () => {});
  server.server.on("connection", (socket: Socket) => {
    const port = socket.remotePort ?? 0;
    sockets.set(port, socket);
    socket.once("close", () => sockets.delete(port));
  });
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  t.teardown(() => new Promise<void>((done) => server.close(() => done())));
  const address = server.server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return {
    url: `smtp://127.0.0.1:${port}`,
    taken,
    counts(words) {
      const counts = new Map<string, number>();
      for (const { recipients, text } of taken)
        if (text.includes(words))
          for (const recipient of recipients)
            counts.set(recipient, (counts.get(recipient) ?? 0) + 1);
      return counts;
    },
    behave(next) {
      manner = next;
    },
  };
}

function refusal(reply: string): Error {
  const error = new Error(reply.slice(4));
  return Object.assign(error, { responseCode: Number(reply.slice(0, 3)) });
}
