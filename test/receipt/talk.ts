/** A client that speaks LMTP by hand, to see each reply as it comes. */
import { connect, type NetConnectOpts, type Socket } from "node:net";

export class Talk {
  readonly socket: Socket;
  #text = "";
  #ended = false;
  #wake = () => {};

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on("data", (data) => {
      this.#text += data.toString();
      this.#wake();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#ended = true;
      this.#wake();
    });
  }

  /** Connects, and says LHLO. @param where `127.0.0.1:8024` or a path */
  static async at(where: string): Promise<Talk> {
    const talk = await Talk.silent(where);
    await talk.reply();
    await talk.say("LHLO mx.example.org");
    return talk;
  }

  /** Connects only. */
  static async silent(where: string): Promise<Talk> {
    const [, host = "", port = ""] = /^(.+):(\d+)$/.exec(where) ?? [];
    const place: NetConnectOpts = port
      ? { host, port: Number(port) }
      : { path: where };
    const socket = connect(place);
    await new Promise((done, fail) => {
      socket.once("connect", done);
      socket.once("error", fail);
    });
    return new Talk(socket);
  }

  /** The next reply, all of its lines; "" where the connection was closed instead. */
  async reply(): Promise<string> {
    for (;;) {
      const found = /^(?:\d{3}-[^\n]*\n)*\d{3}(?: [^\n]*)?\r\n/.exec(
        this.#text,
      );
      if (found) {
        this.#text = this.#text.slice(found[0].length);
        return found[0].replaceAll("\r\n", "\n").trimEnd();
      }
      if (this.#ended) return "";
      await new Promise<void>((done) => {
        this.#wake = done;
      });
    }
  }

  /** Says lines at once. @returns the reply to each */
  async all(...lines: string[]): Promise<string[]> {
    this.socket.write(lines.map((line) => `${line}\r\n`).join(""));
    const replies: string[] = [];
    for (const _ of lines) replies.push(await this.reply());
    return replies;
  }

  /** Says a line. @returns its reply */
  async say(line: string): Promise<string> {
    const [reply = ""] = await this.all(line);
    return reply;
  }

  /** Sends a message after DATA was allowed. @returns so many replies */
  async message(text: string, replies = 1): Promise<string[]> {
    const lines = text.replace(/\r?\n/g, "\r\n").replace(/^\./gm, "..");
    this.socket.write(`${lines}.\r\n`);
    const found: string[] = [];
    for (let n = 0; n < replies; n += 1) found.push(await this.reply());
    return found;
  }

  close(): void {
    this.socket.destroy();
  }
}
