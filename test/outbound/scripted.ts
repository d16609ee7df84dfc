// A relay that says what a test wants at each step, on a real socket.
import { once } from "node:events";
import { createServer, type Socket } from "node:net";

/** What is said to a command: a reply, or an act on the socket; nothing is read before it is done. */
export type Say = string | ((socket: Socket) => unknown);

export interface Script {
  greeting?: Say;
  ehlo?: Say;
  helo?: Say;
  /** Asked with the number of the transaction on this connection, from 1. */
  mail?: (count: number) => Say;
  /** By default 250, and 503 where MAIL was refused. */
  rcpt?: (address: string, count: number) => Say | undefined;
  /** By default 354 for those who were accepted, and 554 where nobody was. */
  data?: Say;
  dataOf?: (count: number) => Say | undefined;
  /** To a chunk that is not the last, and to the last for nobody. */
  bdat?: (last: boolean, count: number) => Say;
  /** To the content. With LMTP one reply for each recipient that was accepted, unless given. */
  end?: Say;
  /** The same for each, asked once where it is not LMTP. */
  endOf?: (address: string, count: number) => Say | undefined;
  rset?: Say;
  /** Told of the bytes as they come, packet by packet. */
  heard?: (chunk: string) => void;
  quit?: Say;
  /** To any other line. */
  other?: (line: string) => Say;
}

export interface Scripted {
  url: string;
  /** Connections so far. */
  connections: number;
  /** Every command line, in order. */
  commands: string[];
  /** The bytes after each DATA, dot included, and those of all chunks of a message. */
  messages: string[];
  /** `<transaction> <recipient>` that this relay answered for with 2xx after the content. */
  taken: string[];
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
  const server = createServer({ noDelay: true }, (socket) => {
    relay.connections += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket)).on("error", () => {});
    new Talk(socket, script, relay, scheme === "lmtp");
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
    taken: [],
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

class Talk {
  readonly #socket: Socket;
  readonly #script: Script;
  readonly #relay: Scripted;
  readonly #lmtp: boolean;
  #text = "";
  /** Something that is said takes its time. */
  #acting: Promise<void> | undefined;
  #data = false;
  /** Bytes of a chunk that are still to come. */
  #chunk = 0;
  #last = false;
  #chunks = "";
  #mails = 0;
  /** MAIL was accepted. */
  #open = false;
  #accepted: string[] = [];

  constructor(socket: Socket, script: Script, relay: Scripted, lmtp: boolean) {
    this.#socket = socket;
    this.#script = script;
    this.#relay = relay;
    this.#lmtp = lmtp;
    this.#say(script.greeting ?? "220 scripted");
    socket.on("data", (bytes) => {
      this.#text += bytes.toString("latin1");
      script.heard?.(bytes.toString("latin1"));
      this.#goOn();
    });
  }

  #goOn(): void {
    while (this.#acting === undefined && this.#step()) {
      // Until what is there is used up.
    }
  }

  #say(what: Say): void {
    const said =
      typeof what === "string"
        ? (socket: Socket) => void socket.write(`${what}\r\n`)
        : what;
    const act = async () => {
      await said(this.#socket);
    };
    if (this.#acting === undefined) {
      if (!this.#socket.writable) return;
      const acting = said(this.#socket);
      if (acting instanceof Promise) this.#acting = acting;
    } else this.#acting = this.#acting.then(act);
    const acting = this.#acting;
    void acting?.then(() => {
      if (this.#acting !== acting) return;
      this.#acting = undefined;
      this.#goOn();
    });
  }

  /** @returns whether there may be more to do */
  #step(): boolean {
    if (this.#chunk > 0) return this.#readChunk();
    if (this.#data) return this.#readData();
    const end = this.#text.indexOf("\r\n");
    if (end < 0) return false;
    const line = this.#take(end + 2).slice(0, -2);
    this.#relay.commands.push(line);
    this.#command(line);
    return true;
  }

  #take(length: number): string {
    const taken = this.#text.slice(0, length);
    this.#text = this.#text.slice(length);
    return taken;
  }

  #readData(): boolean {
    const end = this.#text.startsWith(".\r\n")
      ? 0
      : this.#text.indexOf("\r\n.\r\n") + 2;
    if (end === 1) return false;
    this.#data = false;
    this.#relay.messages.push(this.#take(end + 3));
    this.#took();
    return true;
  }

  #readChunk(): boolean {
    if (this.#text === "") return false;
    const part = this.#take(this.#chunk);
    this.#chunk -= part.length;
    this.#chunks += part;
    if (this.#chunk === 0) this.#chunkRead();
    return true;
  }

  #chunkRead(): void {
    const { bdat } = this.#script;
    if (!this.#last) this.#say(bdat?.(false, this.#mails) ?? "250 2.0.0 more");
    else if (this.#accepted.length === 0)
      this.#say(bdat?.(true, this.#mails) ?? "554 5.5.1 nobody");
    else {
      this.#relay.messages.push(this.#chunks);
      this.#took();
    }
    if (this.#last) this.#chunks = "";
  }

  #took(): void {
    const { end, endOf } = this.#script;
    const each = this.#lmtp && end === undefined;
    for (const address of each ? this.#accepted : [this.#accepted[0] ?? ""]) {
      const said = endOf?.(address, this.#mails) ?? end ?? "250 2.0.0 taken";
      if (typeof said === "string" && said.startsWith("2"))
        for (const it of each ? [address] : this.#accepted)
          this.#relay.taken.push(`${this.#mails} ${it}`);
      this.#say(said);
    }
    this.#accepted = [];
  }

  #command(line: string): void {
    const script = this.#script;
    if (/^(EHLO|LHLO)/.test(line))
      this.#say(
        script.ehlo ?? "250-scripted\r\n250-PIPELINING\r\n250 8BITMIME",
      );
    else if (line.startsWith("HELO")) this.#say(script.helo ?? "250 scripted");
    else if (line.startsWith("MAIL")) {
      this.#mails += 1;
      this.#accepted = [];
      const said = script.mail?.(this.#mails) ?? "250 2.1.0 ok";
      this.#open = typeof said !== "string" || said.startsWith("2");
      this.#say(said);
    } else if (line.startsWith("RCPT")) {
      const address = line.slice(9, line.indexOf(">"));
      const said =
        script.rcpt?.(address, this.#mails) ??
        (this.#open ? "250 2.1.5 ok" : "503 5.5.1 MAIL first");
      if (typeof said !== "string" || said.startsWith("2"))
        this.#accepted.push(address);
      this.#say(said);
    } else if (line === "DATA") {
      const said =
        script.dataOf?.(this.#mails) ??
        script.data ??
        (this.#accepted.length > 0 ? "354 go on" : "554 5.5.1 nobody");
      this.#data = typeof said !== "string" || said.startsWith("354");
      this.#say(said);
    } else if (line.startsWith("BDAT")) {
      const [, size, last] = line.split(" ");
      this.#chunk = Number(size);
      this.#last = last === "LAST";
      if (this.#chunk === 0) this.#chunkRead();
    } else if (line === "RSET") {
      this.#accepted = [];
      this.#say(script.rset ?? "250 reset");
    } else if (line === "QUIT")
      this.#say(script.quit ?? ((socket) => void socket.end("221 bye\r\n")));
    else this.#say(script.other?.(line) ?? "502 5.5.1 what");
  }
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
/** Says a part of a line, and nothing afterwards. */
export const halfHang = (socket: Socket) => {
  socket.write("25");
  socket.cork();
};
