/**
 * Mailboxes in one file, as mboxrd: a line `From SENDER DATE` before each message, and one `>` more before
 * each line of it that begins with `From ` behind any number of `>` (RFC 4155 has the older form). What other
 * programs write is read too: without an empty line before, with LF or CRLF. Pure.
 */
import { chunks, type Piece } from "../base/pieces.ts";

const LF = 10;
const CR = 13;
const MORE = 62;
const FROM = Buffer.from("From ");
/** More `>` than this quote nothing: a line of nothing else need not be held. */
const QUOTES = 1000;
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
  for await (const { line, number } of lines.all()) {
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
    if (!maybe && from) message.add(line);
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

  add(raw: Buffer): void {
    const line = unquoted(raw);
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
  while (line[at] === MORE && at < QUOTES) at += 1;
  return at > 0 && line.subarray(at, at + FROM.length).equals(FROM)
    ? line.subarray(1)
    : line;
}

/** Lines with their numbers and LF ends, cut out of chunks. A line of any length passes, in parts. */
class Numbered {
  readonly #stream: AsyncIterable<Buffer>;

  constructor(stream: AsyncIterable<Buffer>) {
    this.#stream = stream;
  }

  async *all(): AsyncGenerator<{ line: Buffer; number: number }> {
    let number = 1;
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
        };
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
        yield { line: Buffer.concat(rest), number };
        rest = [];
        held = 0;
      }
    }
    if (held > 0)
      yield { line: Buffer.concat([...rest, Buffer.from("\n")]), number };
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
  let last: number | undefined;
  let atStart = true;
  /** The beginning of a line that may be to be quoted. */
  let begun: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks(pieces)) {
    const data = Buffer.concat([begun, chunk]);
    const [ready, rest, isAtStart] = quoted(data, atStart);
    begun = Buffer.from(rest);
    atStart = isAtStart;
    for (const part of ready) {
      last = part.at(-1) ?? last;
      yield part;
    }
  }
  if (begun.length > 0) {
    last = begun.at(-1);
    yield begun;
  }
  yield Buffer.from(last === LF || last === undefined ? "\n" : "\n\n");
}

/** What of the data can go, what has to wait for more, and whether that begins a line. */
function quoted(data: Buffer, atStart: boolean): [Buffer[], Buffer, boolean] {
  const ready: Buffer[] = [];
  let from = 0;
  let at = atStart ? 0 : data.indexOf(LF) + 1;
  if (!atStart && at === 0) return [[data], Buffer.alloc(0), false];
  for (;;) {
    let end = at;
    while (data[end] === MORE && end - at < QUOTES) end += 1;
    const rest = data.subarray(end, end + FROM.length);
    if (
      rest.length < FROM.length &&
      FROM.subarray(0, rest.length).equals(rest)
    ) {
      // Not to be told yet; a line of nothing but > is held up to its end.
      ready.push(data.subarray(from, at));
      return [ready, data.subarray(at), true];
    }
    if (rest.equals(FROM)) {
      ready.push(data.subarray(from, at), Buffer.from(">"));
      from = at;
    }
    const next = data.indexOf(LF, end);
    if (next < 0) {
      ready.push(data.subarray(from));
      return [ready, Buffer.alloc(0), false];
    }
    at = next + 1;
  }
}
