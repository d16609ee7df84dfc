/**
 * Replies out of the bytes that a server sends (RFC 5321 section 4.2), however they are cut. Nothing
 * that it sends is trusted: what is no reply, a line or a reply that is too long ends the reading.
 * Pure.
 */
import { oneLine } from "../../base/log.ts";
import { asReply, kindOf, type Outcome } from "../outcome.ts";

/** Bytes of a line; RFC 5321 section 4.5.3.1.5 grants 512. */
const LINE_LIMIT = 2048;
/** Bytes of all lines of a reply. */
const REPLY_LIMIT = 64 * 1024;
/** Replies that may come back word for word. */
const REMEMBERED = 4;

const CR = 13;
const LF = 10;
const SPACE = 32;
const HYPHEN = 45;

export interface Reply {
  /** Three digits. */
  readonly code: number;
  /** Code and words as one line, fit for a log, at most 500 characters. */
  readonly text: string;
  /** What it means for a recipient where it refuses, or where it ends the transaction. */
  readonly kind: Outcome["kind"];
  /** The words of each line, without the code. */
  readonly lines: readonly string[];
}

/** The enhanced status code (RFC 3463) at the beginning of a reply's words, such as "5.1.1". */
export function statusOf(words: string): string | undefined {
  return /^[245]\.\d{1,3}\.\d{1,3}(?= |$)/.exec(words)?.[0];
}

export class ReplyReader {
  /** The beginning of a line whose end has not come yet. */
  #begun: Buffer | undefined;
  #code = 0;
  #lines: string[] = [];
  #size = 0;
  readonly #known: { readonly line: string; readonly reply: Reply }[] = [];
  #next = 0;

  /** Whether all that came so far was whole replies. */
  get clean(): boolean {
    return this.#begun === undefined && this.#lines.length === 0;
  }

  /**
   * @param chunk is not kept
   * @param take gets each reply as soon as it is whole; false: no more of the chunk is read
   * @returns what is wrong with the bytes, undefined where they were replies
   */
  read(chunk: Buffer, take: (reply: Reply) => boolean): string | undefined {
    let from = 0;
    for (let end = chunk.indexOf(LF); end >= 0; end = chunk.indexOf(LF, from)) {
      let line = chunk;
      let start = from;
      let stop = end;
      from = end + 1;
      if (this.#begun !== undefined) {
        line = Buffer.concat([this.#begun, chunk.subarray(start, end)]);
        this.#begun = undefined;
        start = 0;
        stop = line.length;
      }
      if (stop > start && line[stop - 1] === CR) stop -= 1;
      const trouble = this.#line(line, start, stop);
      if (typeof trouble === "string") return trouble;
      if (trouble !== undefined && !take(trouble)) return undefined;
    }
    if (from === chunk.length) return undefined;
    const rest = chunk.subarray(from);
    this.#begun =
      this.#begun === undefined
        ? Buffer.from(rest)
        : Buffer.concat([this.#begun, rest]);
    return this.#begun.length > LINE_LIMIT ? TOO_LONG : undefined;
  }

  /** @returns the reply that this line ends, or what is wrong with it */
  #line(bytes: Buffer, start: number, end: number): Reply | string | undefined {
    if (end - start > LINE_LIMIT) return TOO_LONG;
    const code = codeAt(bytes, start, end);
    const mark = end - start > 3 ? bytes[start + 3] : SPACE;
    if (
      code === 0 ||
      (mark !== SPACE && mark !== HYPHEN) ||
      (this.#lines.length > 0 && code !== this.#code)
    ) {
      const shown = oneLine(bytes.toString("utf8", start, end), 80);
      return `not a reply: "${shown}"`;
    }
    if (mark === SPACE && this.#lines.length === 0)
      return this.#single(code, bytes.toString("utf8", start, end));
    this.#size += end - start;
    if (this.#size > REPLY_LIMIT) return "a reply without end";
    this.#code = code;
    this.#lines.push(bytes.toString("utf8", start + 4, end));
    if (mark === HYPHEN) return undefined;
    const lines = this.#lines;
    this.#lines = [];
    this.#size = 0;
    return made(code, lines);
  }

  /** Most replies are word for word those to the commands before: these are the same object. */
  #single(code: number, line: string): Reply {
    for (const known of this.#known)
      if (known.line === line) return known.reply;
    const reply = made(code, [line.slice(4)]);
    this.#known[this.#next] = { line, reply };
    this.#next = (this.#next + 1) % REMEMBERED;
    return reply;
  }
}

const TOO_LONG = "a line without end";

/** The code, or 0 where there is none. */
function codeAt(bytes: Buffer, start: number, end: number): number {
  if (end - start < 3) return 0;
  const first = (bytes[start] as number) - 48;
  const second = (bytes[start + 1] as number) - 48;
  const third = (bytes[start + 2] as number) - 48;
  if (first < 2 || first > 5) return 0;
  if (second < 0 || second > 9 || third < 0 || third > 9) return 0;
  return 100 * first + 10 * second + third;
}

/** Servers say the enhanced code again in each line. */
function made(code: number, lines: readonly string[]): Reply {
  const status = statusOf(lines[0] ?? "");
  const words = lines.map((line, at) =>
    at > 0 && status !== undefined && statusOf(line) === status
      ? line.slice(status.length + 1)
      : line,
  );
  const text = asReply(`${code} ${words.join(" ")}`);
  return { code, text, kind: kindOf(text), lines };
}
