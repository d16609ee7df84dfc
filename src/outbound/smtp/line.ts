/**
 * The line to a server: bytes go out in one write a tick, and each reply goes to whoever asked for
 * it, in the order of asking. However it ends (closed, silent, out of step), everybody who still
 * waits for a reply is told.
 */
import type { Socket } from "node:net";
import { describe } from "./dial.ts";
import { type Reply, ReplyReader } from "./reply.ts";

const CLOSED = "the relay closed the connection";

/** Asks, and waits for one reply or several in a row. */
export interface Listener {
  /** @returns whether that was the last reply that it waits for */
  heard(reply: Reply): boolean;
  /** The line has ended; no reply comes any more. */
  lost(ending: Ending): void;
}

/** Why a line ended. */
export interface Ending {
  /** The server's words or ours. */
  readonly reply: string;
  /** Missing where the server itself said that it ends (421). */
  readonly trouble?: "broken";
}

export class Line {
  readonly #timeout: number;
  readonly #reader = new ReplyReader();
  readonly #waiting: Listener[] = [];
  #socket: Socket | undefined;
  readonly #events: [string, (error?: unknown) => void][] = [
    ["timeout", () => this.#silent()],
    ["error", (error) => this.#broken(describe(error))],
    ["end", () => this.#broken(CLOSED)],
    ["close", () => this.#broken(CLOSED)],
  ];
  #out: (Uint8Array | string)[] = [];
  /** Somebody waits for what he gave to be written. */
  #written: (() => void) | undefined;
  /** Why it has ended, if it has. */
  ended: Ending | undefined;
  /** Somebody is getting ready what he sends next: then the server's silence is no fault. */
  preparing = false;

  /** @param timeout milliseconds of silence, while something is awaited, that end it */
  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  /** From now on a connected socket is used, in place of the one before. */
  attach(socket: Socket): void {
    for (const [event, listener] of this.#events) {
      this.#socket?.off(event, listener);
      socket.on(event, listener);
    }
    // What it was put on may fail too, and nobody needs to hear that twice.
    this.#socket?.on("error", () => {});
    this.#socket = socket.setTimeout(this.#timeout);
    if (this.ended !== undefined) socket.destroy();
  }

  /** The socket, for TLS to be put on it. Throws where bytes came that nobody asked for. */
  bare(): Socket {
    if (this.#reader.clean && this.#socket && this.ended === undefined)
      return this.#socket;
    throw new Error(this.ended?.reply ?? "clear text where TLS was to begin");
  }

  /** Sends bytes, or text as UTF-8, together with all else of this tick. */
  send(bytes: Uint8Array | string): void {
    if (this.ended !== undefined) return;
    if (this.#out.push(bytes) === 1) process.nextTick(flush, this);
  }

  /** Takes the next replies, after those that others wait for already. */
  await(listener: Listener): void {
    this.#waiting.push(listener);
  }

  /** Bytes that came. */
  read(bytes: Buffer): void {
    if (this.ended !== undefined) return;
    const trouble = this.#reader.read(bytes, this.#take);
    if (trouble !== undefined) this.#broken(trouble);
  }

  readonly #take = (reply: Reply): boolean => {
    const first = this.#waiting[0];
    // What is still to be written has no reply yet, however fast the server is.
    const asked = first !== undefined && this.#out.length === 0;
    if (asked) {
      if (first.heard(reply)) this.#waiting.shift();
    } else if (reply.code !== 421)
      this.#broken(`a reply that nobody asked for: ${reply.text}`);
    if (reply.code === 421) this.end({ reply: reply.text });
    return this.ended === undefined;
  };

  /** Writes what is there, and settles when the system has taken all of it, or the line has ended. */
  async room(): Promise<void> {
    if (this.ended !== undefined || this.#out.length === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#written = resolve;
    flush(this, () => resolve());
    await promise;
    this.#written = undefined;
  }

  /** Ends at once, without another byte. Only the first reason counts. */
  end(ending: Ending): void {
    if (this.ended !== undefined) return;
    this.ended = ending;
    this.#out = [];
    this.#socket?.destroy();
    this.#written?.();
    for (const listener of this.#waiting.splice(0)) listener.lost(ending);
  }

  #broken(reply: string): void {
    this.end({ reply, trouble: "broken" });
  }

  #silent(): void {
    if (this.preparing) return;
    if (this.#waiting.length > 0 || this.#written !== undefined)
      this.#broken("no answer in time");
  }

  /** @param written called once the system has all of it, or never will */
  static flush(line: Line, written?: () => void): void {
    const out = line.#out;
    const last = out.pop();
    if (last === undefined) return;
    line.#out = [];
    const socket = line.#socket as Socket;
    if (out.length === 0) {
      socket.write(last, written);
      return;
    }
    socket.cork();
    for (const bytes of out) socket.write(bytes);
    socket.write(last, written);
    socket.uncork();
  }
}

const { flush } = Line;
