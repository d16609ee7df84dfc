/**
 * A message: its header in memory, its body left where it lies. Editing makes a new header or a
 * new row of pieces; a message of 50 MB is never read for it. An untouched message is given back
 * byte for byte. Reads through base/pieces.ts only.
 */
import { bytes, lengthOf, type Piece, slice } from "../base/pieces.ts";
import { canonical, parseAddresses } from "./address.ts";
import type { LineEnd } from "./field.ts";
import { type Header, parseHeader } from "./header.ts";

/** Enough for nearly every header, in one small read. */
const FIRST_READ = 16 * 1024;
/** Bytes of a header that are looked at where no setting limits it. */
const LOOK = 256 * 1024;
/** Most characters of a variable: one line of a message, RFC 5322 §2.1.1. */
const VARIABLE = 998;

export class Message {
  readonly header: Header;
  readonly body: readonly Piece[];
  /**
   * True: the header did not end within the limit, so `header` holds the fields that were read
   * whole and `body` starts in the middle of the header. Editing such a message would cut it there.
   */
  readonly headerTooLarge: boolean;
  readonly #source: readonly Piece[] | undefined;

  /** @param source the bytes of the whole message where they are at hand and unchanged */
  constructor(
    header: Header,
    body: readonly Piece[],
    headerTooLarge = false,
    source?: readonly Piece[],
  ) {
    this.header = header;
    this.body = body;
    this.headerTooLarge = headerTooLarge;
    this.#source = source;
  }

  /** The line end of the header. */
  get eol(): LineEnd {
    return this.header.eol;
  }

  /** The whole message. Unchanged: exactly what was opened, an mbox "From " line included. */
  pieces(): Piece[] {
    if (this.#source !== undefined) return [...this.#source];
    return [
      Buffer.concat([this.header.bytes(), Buffer.from(this.eol)]),
      ...this.body,
    ];
  }

  /** The message with another header, another body, or both. */
  with(change: { header?: Header; body?: readonly Piece[] }): Message {
    return new Message(
      change.header ?? this.header,
      change.body ?? this.body,
      this.headerTooLarge,
    );
  }

  /** What a hook gets to know by its environment: one line each, "" where there is none. */
  variables(): { FROM: string; SUBJECT: string; MESSAGE_ID: string } {
    return {
      FROM: authorOf(this.header) ?? "",
      SUBJECT: variable(this.header.text("Subject")),
      MESSAGE_ID: variable(this.header.get("Message-ID") ?? ""),
    };
  }
}

/** The first usable address of the first From field, canonical. */
export function authorOf(header: Header): string | undefined {
  const [author] = parseAddresses(header.get("From") ?? "");
  return author === undefined ? undefined : canonical(author.address);
}

function variable(text: string): string {
  return text
    .replace(/\p{Cc}+/gu, " ")
    .trim()
    .slice(0, VARIABLE)
    .toWellFormed();
}

/**
 * Opens a message without reading its body.
 * @param headerLimit most bytes to read for the header; enough to look at it without it
 */
export async function openMessage(
  pieces: readonly Piece[],
  headerLimit = LOOK,
): Promise<Message> {
  const size = lengthOf(pieces);
  for (let limit = Math.min(FIRST_READ, headerLimit); ; limit = headerLimit) {
    const start = await bytes(pieces, limit);
    const parsed = parseHeader(start);
    if (parsed.complete || start.length >= size)
      return new Message(
        parsed.header,
        slice(pieces, parsed.bodyStart, size),
        false,
        pieces,
      );
    if (limit < headerLimit) continue;
    const whole = parseHeader(start.subarray(0, parsed.lastField));
    return new Message(
      whole.header,
      slice(pieces, parsed.lastField, size),
      true,
      pieces,
    );
  }
}
