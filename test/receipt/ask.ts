/** A client that speaks HTTP by hand over one connection, to send what no proper client would. */
import { connect, type Socket } from "node:net";

export interface Heard {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export class Ask {
  readonly socket: Socket;
  #bytes = Buffer.alloc(0);
  #ended = false;
  #wake = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (data) => {
      this.#bytes = Buffer.concat([this.#bytes, data]);
      this.#wake();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#ended = true;
      this.#wake();
    });
  }

  /** @param where `127.0.0.1:8025` or a path */
  static async at(where: string): Promise<Ask> {
    const [, host = "", port = ""] = /^(.+):(\d+)$/.exec(where) ?? [];
    const socket = connect(
      port ? { host, port: Number(port) } : { path: where },
    );
    await new Promise((done, fail) => {
      socket.once("connect", done);
      socket.once("error", fail);
    });
    return new Ask(socket);
  }

  /** @param lines of the header behind Host; a body follows by `write` */
  begin(request: string, ...lines: readonly string[]): void {
    const all = [`${request} HTTP/1.1`, "Host: mill.example.org", ...lines];
    this.socket.write(`${all.join("\r\n")}\r\n\r\n`);
  }

  write(text: string | Uint8Array): void {
    this.socket.write(text);
  }

  /** The next response; undefined where the connection was closed instead. */
  async heard(): Promise<Heard | undefined> {
    for (;;) {
      const found = this.#next();
      if (found) return found;
      if (this.#ended) return undefined;
      await new Promise<void>((done) => {
        this.#wake = done;
      });
    }
  }

  /** Resolves when the connection is closed. */
  async closed(): Promise<void> {
    while (!this.#ended)
      await new Promise<void>((done) => {
        this.#wake = done;
      });
  }

  #next(): Heard | undefined {
    const end = this.#bytes.indexOf("\r\n\r\n");
    if (end < 0) return undefined;
    const [first = "", ...lines] = this.#bytes
      .toString("latin1", 0, end)
      .split("\r\n");
    const headers = Object.fromEntries(
      lines.map((line) => {
        const at = line.indexOf(":");
        return [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
      }),
    );
    const size = Number(headers["content-length"] ?? 0);
    const from = end + 4;
    if (this.#bytes.length < from + size) return undefined;
    const body = this.#bytes.toString("utf8", from, from + size);
    this.#bytes = this.#bytes.subarray(from + size);
    return { status: Number(first.split(" ")[1]), headers, body };
  }
}
