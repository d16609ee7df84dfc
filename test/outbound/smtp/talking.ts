// A line whose other end is the test itself: what is written is seen write by write.
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { extensionsOf } from "../../../src/outbound/smtp/extensions.ts";
import type { Letter } from "../../../src/outbound/smtp/letter.ts";
import { Line } from "../../../src/outbound/smtp/line.ts";
import type { Conversation } from "../../../src/outbound/smtp/session.ts";
import {
  Exchange,
  type Transaction,
} from "../../../src/outbound/smtp/transaction.ts";
import type { Wire } from "../../../src/outbound/wire.ts";

export class Peer {
  readonly line: Line;
  /** One a write; those of one gathered write are one. */
  readonly writes: string[] = [];
  readonly #socket: Duplex;
  #timeout = 0;
  /** Set: writes are not done before it is called. */
  held: (() => void) | undefined;
  hold = false;

  constructor(timeout = 1000) {
    const write = (bytes: Buffer, done: () => void) => {
      this.writes.push(bytes.toString("latin1"));
      if (this.hold) this.held = done;
      else done();
    };
    this.#socket = new Duplex({
      read() {},
      write: (bytes, _, done) => write(bytes, done),
      writev: (parts, done) =>
        write(Buffer.concat(parts.map(({ chunk }) => chunk)), done),
    });
    Object.assign(this.#socket, {
      setTimeout: (after: number) => {
        this.#timeout = after;
        return this.#socket;
      },
    });
    this.line = new Line(timeout);
    this.line.attach(this.#socket as Socket);
  }

  get timeout(): number {
    return this.#timeout;
  }

  get destroyed(): boolean {
    return this.#socket.destroyed;
  }

  /** Replies, each given its line end. */
  say(...replies: string[]): void {
    this.bytes(replies.map((reply) => `${reply}\r\n`).join(""));
  }

  bytes(text: string): void {
    this.line.read(Buffer.from(text));
  }

  silence(): void {
    this.#socket.emit("timeout");
  }

  close(): void {
    this.#socket.emit("close");
  }

  fail(error: Error): void {
    this.#socket.destroy(error);
  }
}

/** A conversation with it. @param keywords what it announced */
export function talkWith(
  peer: Peer,
  keywords: readonly string[],
  lmtp = false,
): Conversation {
  const offers = extensionsOf(["x", ...keywords]);
  return { line: peer.line, offers, lmtp, dirty: false };
}

/** Content in memory. */
export function content(text: string, more: Partial<Wire> = {}): Wire {
  const bytes = [Buffer.from(text, "latin1")];
  const [{ length: size }] = bytes as [Buffer];
  return {
    size,
    eightBit: false,
    utf8Header: false,
    stuffed: bytes,
    plain: bytes,
    ...more,
  };
}

/** What is queued for the end of this tick, and what comes of it. */
export function tick(): Promise<void> {
  return new Promise((done) => setImmediate(done));
}

/** Streamed in such parts, each followed by a tick. */
export function streamed(...parts: string[]): Wire {
  const body: AsyncIterable<Uint8Array> = {
    async *[Symbol.asyncIterator]() {
      for (const part of parts) {
        yield Buffer.from(part);
        await tick();
      }
    },
  };
  const { length } = parts.join("");
  return content("", { size: length, plain: body, stuffed: body });
}

export const LETTER: Letter = {
  sender: "s@x",
  recipients: ["a@x", "b@x"],
  content: content("body\r\n"),
};

/** A conversation of which the test is the other end. */
export function talk(keywords: string[], { lmtp = false, dirty = false } = {}) {
  const peer = new Peer();
  const conversation = talkWith(peer, keywords, lmtp);
  conversation.dirty = dirty;
  let last: Exchange | undefined;
  const offer = (letter: Partial<Letter> = {}) => {
    const exchange = new Exchange(conversation, { ...LETTER, ...letter });
    if (last === undefined) exchange.start();
    else last.whenPassed(() => exchange.start());
    last = exchange;
    return exchange;
  };
  return { peer, conversation, offer };
}

/** "a sent", "b later broken" … */
export function brief({ outcomes }: Transaction): string[] {
  return outcomes.map(({ address, kind, trouble }) =>
    [address[0], kind, trouble].filter(Boolean).join(" "),
  );
}

/** Whether a promise has settled by the end of this tick. */
export async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  const note = () => {
    done = true;
  };
  promise.then(note, note);
  await tick();
  return done;
}

/** What is written for LETTER before the content. */
export const COMMANDS = "MAIL FROM:<s@x>\r\nRCPT TO:<a@x>\r\nRCPT TO:<b@x>\r\n";
/** The replies to it. */
export const ALL_WELL = ["250 ok", "250 ok", "250 ok"];
export const BOTH = ["a sent", "b sent"];
