// A relay that says what a test wants at each step, on a real socket.
import { once } from "node:events";
import { createServer, type Socket } from "node:net";

/** What is said to a command: a reply, or an act on the socket. */
type Say = string | ((socket: Socket) => void);

export interface Script {
  greeting?: Say;
  ehlo?: Say;
  /** Asked with the number of the transaction on this connection, from 1. */
  mail?: (count: number) => Say;
  rcpt?: (address: string) => Say;
  data?: Say;
  end?: Say;
  rset?: Say;
}

export interface Scripted {
  url: string;
  /** Connections so far. */
  connections: number;
  /** Every command line, in order. */
  commands: string[];
  /** The bytes after each DATA, dot included. */
  messages: string[];
  /** Cuts all connections. */
  cut(): void;
  close(): Promise<void>;
}

/** Starts it on a free loopback port; `scheme` is smtp or lmtp. */
export async function scripted(
  script: Script,
  scheme = "smtp",
): Promise<Scripted> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    relay.connections += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
    converse(socket, script, relay);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : 0;
  const relay: Scripted = {
    url: `${scheme}://127.0.0.1:${port}`,
    connections: 0,
    commands: [],
    messages: [],
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
    close: async () => {
      relay.cut();
      server.close();
      await once(server, "close");
    },
  };
  return relay;
}

function converse(socket: Socket, script: Script, relay: Scripted): void {
  const say = (what: Say) =>
    typeof what === "string" ? void socket.write(`${what}\r\n`) : what(socket);
  let text = "";
  let data = false;
  let mails = 0;
  say(script.greeting ?? "220 scripted");
  socket.on("data", (chunk) => {
    text += chunk.toString("latin1");
    for (;;) {
      if (data) {
        const end = text.startsWith(".\r\n")
          ? 0
          : text.indexOf("\r\n.\r\n") + 2;
        if (end === 1) return;
        relay.messages.push(text.slice(0, end + 3));
        text = text.slice(end + 3);
        data = false;
        say(script.end ?? "250 2.0.0 taken");
        continue;
      }
      const end = text.indexOf("\r\n");
      if (end < 0) return;
      const line = text.slice(0, end);
      text = text.slice(end + 2);
      relay.commands.push(line);
      if (/^(EHLO|LHLO)/.test(line))
        say(script.ehlo ?? "250-scripted\r\n250-PIPELINING\r\n250 8BITMIME");
      else if (line.startsWith("HELO")) say("250 scripted");
      else if (line.startsWith("MAIL")) {
        mails += 1;
        say(script.mail?.(mails) ?? "250 2.1.0 ok");
      } else if (line.startsWith("RCPT"))
        say(script.rcpt?.(line.slice(9, line.indexOf(">"))) ?? "250 2.1.5 ok");
      else if (line === "DATA") {
        const said = script.data ?? "354 go on";
        data = typeof said === "string" && said.startsWith("354");
        say(said);
      } else if (line === "RSET") say(script.rset ?? "250 reset");
      else if (line === "QUIT") socket.end("221 bye\r\n");
    }
  });
}

/** Ends the connection. */
export const close = (socket: Socket) => {
  socket.destroy();
};
/** Says nothing, now and afterwards. */
export const hang = (socket: Socket) => {
  socket.cork();
};
/** Says a part of a line and ends. */
export const half = (socket: Socket) => {
  socket.end("25");
};
