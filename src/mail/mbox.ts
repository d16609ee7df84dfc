/**
 * Mailboxes in one file, as mboxrd: a line `From SENDER DATE` before each message, and one `>` more before
 * each line of it that begins with `From ` behind any number of `>` (RFC 4155 has the older form). What other
 * programs write is read too: without an empty line before, with LF or CRLF. Pure.
 */
import { chunks, type Piece } from "../base/pieces.ts";
import { quoted } from "./quoted.ts";

const LF = 10;
const CR = 13;
const MORE = 62;
const FROM = Buffer.from("From ");
/** Bytes of a line that are looked at whole: a longer one begins no message. */
const LINE = 4096;

/** A message of a mailbox. */
export interface Boxed {
  /** Of its own, LF line ends, unquoted; undefined: it is larger than may be. */
  readonly content: Buffer | undefined;
  /** What the line before it says. */
  readonly from: string;
  /** The line in the file on which it begins, from 1. */
  readonly line: number;
}

/**
 * The messages of a mailbox, one after the other.
 * @param largest bytes of one that is kept in memory
 * @returns nothing where there is none; text before the first one is passed over
 */
export async function* readMbox(
  stream: AsyncIterable<Buffer>,
  largest: number,
): AsyncGenerator<Boxed> {
  const lines = new Numbered(stream);
  let from: { text: string; line: number } | undefined;
  let message = new Gathered(largest);
  /** A line that may begin a message, until the next one tells. */
  let maybe: { line: Buffer; number: number } | undefined;
  for await (const { line, number, isRest } of lines.all()) {
    if (isRest) {
      if (from) message.add(line);
      continue;
    }
    if (maybe && looksLikeField(line)) {
      if (from)
        yield { content: message.end(), from: from.text, line: from.line };
      from = {
        text: maybe.line.toString("latin1").trimEnd(),
        line: maybe.number,
      };
      message = new Gathered(largest);
    } else if (maybe && from) message.add(maybe.line);
    maybe = isFromLine(line) ? { line, number } : undefined;
    if (!maybe && from) message.add(unquoted(line));
  }
  if (!from) return;
  if (maybe) message.add(maybe.line);
  yield { content: message.end(), from: from.text, line: from.line };
}

/** `From somebody Mon Jan  1 00:00:00 2024`, the address perhaps written for people, a zone somewhere. */
const FROM_LINE =
  /^From \S.*(?:\d{1,2}:\d{2}.*\b\d{4}\b|\b\d{4}\b.*\d{1,2}:\d{2})/;

function isFromLine(line: Buffer): boolean {
  return (
    line.length < LINE &&
    line.subarray(0, 5).equals(FROM) &&
    FROM_LINE.test(line.toString("latin1").trimEnd())
  );
}

/** What can follow the line: a field, or another program's own. */
function looksLikeField(line: Buffer): boolean {
  return /^(?:[!-9;-~]{1,200}[ \t]*:|>From )/.test(
    line.subarray(0, LINE).toString("latin1"),
  );
}

/** A message's lines, unquoted; what is too large is let go. */
class Gathered {
  readonly #largest: number;
  #lines: Buffer[] = [];
  #size = 0;
  #isTooLarge = false;

  constructor(largest: number) {
    this.#largest = largest;
  }

  add(line: Buffer): void {
    this.#size += line.length;
    if (this.#size > this.#largest) {
      this.#isTooLarge = true;
      this.#lines = [];
    }
    if (!this.#isTooLarge) this.#lines.push(line);
  }

  /** Without the empty line that stands behind each message. */
  end(): Buffer | undefined {
    if (this.#isTooLarge) return undefined;
    const last = this.#lines.at(-1);
    if (this.#lines.length > 1 && last?.length === 1 && last[0] === LF)
      this.#lines.pop();
    return Buffer.concat(this.#lines);
  }
}

function unquoted(line: Buffer): Buffer {
  let at = 0;
  while (line[at] === MORE) at += 1;
  return at > 0 && line.subarray(at, at + FROM.length).equals(FROM)
    ? line.subarray(1)
    : line;
}

interface Line {
  readonly line: Buffer;
  readonly number: number;
  /** It goes on where the one before has ended. */
  readonly isRest: boolean;
}

/** Lines with their numbers and LF ends, cut out of chunks. A line of any length passes, in parts. */
class Numbered {
  readonly #stream: AsyncIterable<Buffer>;

  constructor(stream: AsyncIterable<Buffer>) {
    this.#stream = stream;
  }

  async *all(): AsyncGenerator<Line> {
    let number = 1;
    /** Whether a part of the line has gone already. */
    let isRest = false;
    let rest: Buffer[] = [];
    let held = 0;
    for await (const chunk of this.#stream) {
      let start = 0;
      for (
        let end = chunk.indexOf(LF);
        end >= 0;
        end = chunk.indexOf(LF, start)
      ) {
        const part = chunk.subarray(start, end + 1);
        yield {
          line: plain(held === 0 ? part : Buffer.concat([...rest, part])),
          number,
          isRest,
        };
        isRest = false;
        rest = [];
        held = 0;
        number += 1;
        start = end + 1;
      }
      if (start < chunk.length) {
        // What is read next may be written over it.
        rest.push(Buffer.from(chunk.subarray(start)));
        held += chunk.length - start;
      }
      if (held > LONGEST) {
        yield { line: Buffer.concat(rest), number, isRest };
        isRest = true;
        rest = [];
        held = 0;
      }
    }
    if (held > 0)
      yield {
        line: Buffer.concat([...rest, Buffer.from("\n")]),
        number,
        isRest,
      };
  }
}

/** Bytes of a line that are held. */
const LONGEST = 1024 * 1024;

function plain(line: Buffer): Buffer {
  if (line.at(-2) !== CR) return Buffer.from(line);
  return Buffer.concat([line.subarray(0, -2), Buffer.from("\n")]);
}

/** The line before a message. @param sender "" or what is no word: MAILER-DAEMON */
export function fromLine(sender: string, date: Date): string {
  const who = /^[!-~]{1,320}$/.test(sender) ? sender : "MAILER-DAEMON";
  const [day, number, month, year] = date.toUTCString().split(/,? /);
  const time = date.toISOString().slice(11, 19);
  return `From ${who} ${day} ${month} ${String(Number(number)).padStart(2)} ${time} ${year}\n`;
}

/** A message as it stands in a mailbox, with the line before it and the empty one behind it. */
export async function* boxed(
  line: string,
  pieces: readonly Piece[],
): AsyncGenerator<Uint8Array> {
  yield Buffer.from(line);
  yield* quoted(chunks(pieces));
}
