/**
 * A relay that counts: every transaction that it took, with recipients and message, in order. A
 * transaction counts only once its final 250 was written: what came before is nobody's duty yet.
 */
import { once } from "node:events";
import { createServer, type Socket } from "node:net";

/** A transaction that was answered with 250. */
export interface Taken {
  /** The Message-ID field, angle brackets included. */
  readonly message: string;
  /** Those that were not refused. */
  readonly recipients: readonly string[];
  /** The address of the client. */
  readonly from: string;
  /** Milliseconds since 1970, when the last byte had come. */
  readonly at: number;
  readonly text: string;
}

export interface CountingSink {
  readonly url: string;
  readonly taken: Taken[];
  /** How often each message came to each recipient: `MESSAGE-ID RECIPIENT`. */
  counts(): Map<string, number>;
  /** Ends when all connections have ended, so that no transaction is in flight. */
  quiet(): Promise<void>;
  close(): Promise<void>;
}

export interface Manner {
  /** The reply to a recipient, 250 by default. */
  readonly rcpt?: (address: string) => string | undefined;
  /** Asked before the final 250 of a transaction is written. */
  readonly pause?: () => Promise<void>;
  /** Told of each transaction. */
  readonly told?: (taken: Taken) => void;
  /** Where it listens; loopback by default. */
  readonly host?: string;
}

/** Starts it on a free port. */
export async function countingSink(manner: Manner = {}): Promise<CountingSink> {
  const sockets = new Set<Socket>();
  const taken: Taken[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    converse(socket, manner, taken);
  });
  const { host = "127.0.0.1" } = manner;
  server.listen(0, host);
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  return {
    url: `smtp://${host}:${port}`,
    taken,
    counts() {
      const counts = new Map<string, number>();
      for (const { message, recipients } of taken)
        for (const recipient of recipients) {
          const key = `${message} ${recipient}`;
          counts.set(key, (counts.get(key) ?? 0) + 1);
        }
      return counts;
    },
    async quiet() {
      for (const socket of sockets)
        if (!socket.closed) await once(socket, "close");
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function converse(socket: Socket, manner: Manner, taken: Taken[]): void {
  const say = (line: string) => socket.write(`${line}\r\n`);
  const from = socket.remoteAddress ?? "";
  let text = "";
  let recipients: string[] = [];
  let data = false;
  let busy = false;

  const finish = async (body: string) => {
    busy = true;
    await manner.pause?.();
    const message = /^message-id:\s*(\S+)/im.exec(body)?.[1] ?? "";
    if (!socket.destroyed) {
      const one = { message, recipients, from, at: Date.now(), text: body };
      taken.push(one);
      manner.told?.(one);
    }
    recipients = [];
    say("250 2.0.0 taken");
    busy = false;
    read();
  };
  const command = (line: string) => {
    const verb = line.slice(0, 4).toUpperCase();
    if (verb === "EHLO") say("250-sink\r\n250-PIPELINING\r\n250 8BITMIME");
    else if (verb === "RCPT") {
      const address = line.slice(line.indexOf("<") + 1, line.indexOf(">"));
      const reply = manner.rcpt?.(address) ?? "250 2.1.5 ok";
      if (reply.startsWith("250")) recipients.push(address);
      say(reply);
    } else if (verb === "DATA") {
      data = recipients.length > 0;
      say(data ? "354 go on" : "554 5.5.1 no recipients");
    } else if (verb === "QUIT") socket.end("221 2.0.0 bye\r\n");
    else {
      recipients = [];
      say("250 2.0.0 ok");
    }
  };
  const read = () => {
    while (!busy) {
      const mark = data ? "\r\n.\r\n" : "\r\n";
      const end = text.indexOf(mark);
      if (end < 0) return;
      const part = text.slice(0, end);
      text = text.slice(end + mark.length);
      if (data) {
        data = false;
        void finish(part);
      } else command(part);
    }
  };
  say("220 sink");
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
    read();
  });
}
