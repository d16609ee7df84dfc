/**
 * The header of a message, RFC 5322 §2.2: fields in order, each kept as the bytes it came in, so
 * that what is not changed is written back byte for byte. A Header never changes; every edit makes
 * a new one. Values given by callers cannot add a line. Pure.
 */
import { oneLine } from "../base/log.ts";
import { type Field, fieldOf, type LineEnd, textOf } from "./field.ts";
import { decodeWords } from "./words.ts";

const LF = 10;
const CR = 13;
const TAB = 9;
const SPACE = 32;
const COLON = 58;

export class Header {
  /** The line end that the first field came with; new fields get it. */
  readonly eol: LineEnd;
  readonly #fields: readonly Field[];

  /** @param fields only this file makes them; others start with `new Header()` and add */
  constructor(eol: LineEnd = "\n", fields: readonly Field[] = []) {
    this.eol = eol;
    this.#fields = fields;
  }

  /**
   * The value of the first field of that name: unfolded, trimmed, UTF-8 or else Latin-1, CR and
   * NUL as blanks. Other control characters are still in it.
   */
  get(name: string): string | undefined {
    const key = name.toLowerCase();
    const field = this.#fields.find((field) => field.key === key);
    return field === undefined ? undefined : textOf(field);
  }

  /** The values of all fields of that name, as `get` gives them. */
  all(name: string): string[] {
    const key = name.toLowerCase();
    return this.#fields.filter((field) => field.key === key).map(textOf);
  }

  /** For people to read: the first value with its encoded words decoded, one line, "" if none. */
  text(name: string): string {
    return oneLine(decodeWords(this.get(name) ?? ""), Number.POSITIVE_INFINITY);
  }

  has(name: string): boolean {
    const key = name.toLowerCase();
    return this.#fields.some((field) => field.key === key);
  }

  /** The names in order, in lower case, as often as they stand there. */
  names(): string[] {
    return this.#fields.map((field) => field.key);
  }

  /** The fields in order: the name as it is written, and the value as `get` gives it. */
  entries(): [name: string, value: string][] {
    return this.#fields.map((field) => [
      field.raw.toString("latin1", 0, field.valueAt - 1).trimEnd(),
      textOf(field),
    ]);
  }

  /** Only the fields above the first field of that name; all where there is none. */
  before(name: string): Header {
    const key = name.toLowerCase();
    const at = this.#fields.findIndex((field) => field.key === key);
    return at < 0 ? this : new Header(this.eol, this.#fields.slice(0, at));
  }

  /** Only the fields below the first field of that name; none where there is none. */
  after(name: string): Header {
    const key = name.toLowerCase();
    const at = this.#fields.findIndex((field) => field.key === key);
    return new Header(this.eol, at < 0 ? [] : this.#fields.slice(at + 1));
  }

  /** Only the fields whose name, in lower case, is wanted. */
  only(wanted: (name: string) => boolean): Header {
    return new Header(
      this.eol,
      this.#fields.filter((field) => wanted(field.key)),
    );
  }

  /**
   * Puts a field where the first of that name stood, or at the end, and removes the others.
   * @param value may come folded; other CR, LF and NUL become blanks. Text that is not ASCII is
   *   written as UTF-8: encode it before (words.ts) where the value is no address.
   */
  set(name: string, value: string): Header {
    const field = fieldOf(name, value, this.eol);
    const at = this.#fields.findIndex(({ key }) => key === field.key);
    if (at < 0) return new Header(this.eol, [...this.#fields, field]);
    const rest = this.#fields
      .slice(at + 1)
      .filter(({ key }) => key !== field.key);
    return new Header(this.eol, [...this.#fields.slice(0, at), field, ...rest]);
  }

  /** Adds a field at the end; see `set` for the value. */
  add(name: string, value: string): Header {
    const field = fieldOf(name, value, this.eol);
    return new Header(this.eol, [...this.#fields, field]);
  }

  /** Adds a field at the top; see `set` for the value. */
  prepend(name: string, value: string): Header {
    const field = fieldOf(name, value, this.eol);
    return new Header(this.eol, [field, ...this.#fields]);
  }

  /** Adds the fields of another header at the end, byte for byte. */
  append(other: Header): Header {
    return new Header(this.eol, [...this.#fields, ...other.#fields]);
  }

  /** Removes every field of these names. */
  remove(...names: string[]): Header {
    const keys = new Set(names.map((name) => name.toLowerCase()));
    return this.only((name) => !keys.has(name));
  }

  /** The fields, each with its line end, without the blank line behind them. */
  bytes(): Buffer {
    const parts: Buffer[] = [];
    for (const { raw } of this.#fields) {
      parts.push(raw);
      if (raw.at(-1) !== LF) parts.push(Buffer.from(this.eol));
    }
    return Buffer.concat(parts);
  }
}

/** Whether there is at least one field, so that it can be a message at all. */
export function looksLikeMessage(header: Header): boolean {
  return header.names().length > 0;
}

export interface ParsedHeader {
  readonly header: Header;
  /** Offset of the body: behind the blank line, or of the line that is no field. */
  readonly bodyStart: number;
  /** False: these bytes end before the header does. */
  readonly complete: boolean;
  /** Offset of the last field. Where not complete, more of it may follow. */
  readonly lastField: number;
}

/**
 * Reads the fields at the start of a message. As in Postfix a line that is no field ends the
 * header; only LF ends a line; blanks before the colon are allowed (RFC 5322 §4.5.8). A "From "
 * line of an mbox file at the top is dropped.
 * @param bytes the message, or its first bytes
 */
export function parseHeader(bytes: Buffer): ParsedHeader {
  const fields: Field[] = [];
  const found: { start: number; colon: number }[] = [];
  let at = mailboxLines(bytes);
  let complete = false;
  let bodyStart: number | undefined;
  const firstEnd = bytes.indexOf(LF, at);
  const eol = firstEnd > 0 && bytes[firstEnd - 1] === CR ? "\r\n" : "\n";
  let end = at;
  while (at < bytes.length && bodyStart === undefined) {
    const lineEnd = bytes.indexOf(LF, at);
    const next = lineEnd < 0 ? bytes.length : lineEnd + 1;
    const byte = bytes[at];
    const colon = colonOf(bytes, at, next);
    if (byte === LF || (byte === CR && bytes[at + 1] === LF)) {
      complete = true;
      bodyStart = next;
    } else if ((byte === SPACE || byte === TAB) && found.length > 0) {
      end = next;
    } else if (colon < 0) {
      complete = lineEnd >= 0;
      bodyStart = at;
    } else {
      found.push({ start: at, colon });
      end = next;
    }
    at = next;
  }
  for (const [index, { start, colon }] of found.entries()) {
    const stop = found[index + 1]?.start ?? end;
    fields.push({
      key: bytes.toString("latin1", start, colon).trimEnd().toLowerCase(),
      raw: bytes.subarray(start, stop),
      valueAt: colon + 1 - start,
    });
  }
  return {
    header: new Header(eol, fields),
    bodyStart: bodyStart ?? bytes.length,
    complete,
    lastField: found.at(-1)?.start ?? 0,
  };
}

/** Offset behind "From " and ">From " lines at the top. */
function mailboxLines(bytes: Buffer): number {
  let at = 0;
  for (;;) {
    const word = bytes[at] === 62 ? at + 1 : at;
    const lineEnd = bytes.indexOf(LF, at);
    if (
      lineEnd < 0 ||
      bytes.toString("latin1", word, word + 5) !== "From " ||
      colonOf(bytes, at, lineEnd) >= 0
    )
      return at;
    at = lineEnd + 1;
  }
}

/** Offset of the colon behind a field name that starts at `from`; -1: there is none. */
function colonOf(bytes: Buffer, from: number, to: number): number {
  let at = from;
  for (; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if (byte <= SPACE || byte > 126 || byte === COLON) break;
  }
  if (at === from) return -1;
  while (at < to && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
  return at < to && bytes[at] === COLON ? at : -1;
}
