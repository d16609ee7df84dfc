/**
 * The distribution list of an entry: the file `recipients`, an address a line, or a portion of it.
 * All portions of a post share one file by hard link, so a list is on disk once, however many
 * entries it is cut into. The file is never changed; what has been done of it stands in `progress`.
 */
import { closeSync, openSync, readFileSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../base/errors.ts";

const LF = 10;
const CHUNK = 64 * 1024;

/** The lines of `recipients` that are an entry's. */
export interface Portion {
  /** Bytes; both are at the beginning of a line or at the end of the file. */
  readonly start: number;
  readonly end: number;
  /** Lines. */
  readonly count: number;
}

export function recipientsFile(entry: string): string {
  return join(entry, "recipients");
}

/** All of a file, or of a part of it, as a portion. Memory is flat. */
export function wholeList(
  file: string,
  part = { start: 0, end: Number.MAX_SAFE_INTEGER },
): Portion {
  const { start } = part;
  let count = 0;
  let last = LF;
  const end = scanned(file, start, part.end, (chunk) => {
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1))
      count += 1;
    last = chunk.at(-1) ?? last;
    return true;
  });
  return { start, end, count: last === LF ? count : count + 1 };
}

/**
 * The recipients of an entry, in order; none where it has no list.
 * @param portion all of the file without one
 */
export function recipientsOf(entry: string, portion?: Portion): string[] {
  const file = recipientsFile(entry);
  let text: string;
  try {
    text =
      portion === undefined
        ? readFileSync(file, "utf8")
        : bytesOf(file, portion).toString("utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
  return linesOf(text);
}

/**
 * The same page by page, with memory flat. The file is opened with the first page asked for: throws
 * ENOENT then where there is none, and an Error where it ends before the portion does.
 */
export function* pagesOfRecipients(
  entry: string,
  portion?: Portion,
): Generator<string[]> {
  const file = recipientsFile(entry);
  const end = portion?.end ?? Number.POSITIVE_INFINITY;
  const fd = openSync(file, "r");
  try {
    let buffer = Buffer.allocUnsafe(CHUNK);
    /** Bytes of a line that has no end yet. */
    let open = 0;
    for (let at = portion?.start ?? 0; at < end; ) {
      if (open === buffer.length)
        buffer = Buffer.concat([buffer], buffer.length * 2);
      const room = Math.min(buffer.length - open, end - at);
      const size = readSync(fd, buffer, open, room, at);
      if (size === 0 && portion) throw tooShort(file);
      if (size === 0) break;
      at += size;
      const filled = open + size;
      const whole = buffer.lastIndexOf(LF, filled - 1) + 1;
      if (whole > 0) yield linesOf(buffer.toString("utf8", 0, whole));
      buffer.copyWithin(0, whole, filled);
      open = filled - whole;
    }
    if (open > 0) yield linesOf(buffer.toString("utf8", 0, open));
  } finally {
    closeSync(fd);
  }
}

function linesOf(text: string): string[] {
  const lines = text.split(text.includes("\r") ? /\r?\n|\r$/ : "\n");
  return lines.filter((line) => line !== "");
}

/**
 * Cuts portions off the beginning of one. Throws where the file ends before it does.
 * @param size lines of each
 * @param most how many are cut off
 * @returns them, and what is left behind them, if anything is
 */
export function cut(
  file: string,
  whole: Portion,
  size: number,
  most: number,
): { portions: Portion[]; rest: Portion | undefined } {
  const portions: Portion[] = [];
  let { start } = whole;
  let position = start;
  let lines = 0;
  const end = scanned(file, start, whole.end, (chunk) => {
    for (let at = chunk.indexOf(LF); at >= 0; at = chunk.indexOf(LF, at + 1)) {
      lines += 1;
      if (lines < size) continue;
      const end = position + at + 1;
      portions.push({ start, end, count: lines });
      start = end;
      lines = 0;
      if (portions.length === most) return false;
    }
    position += chunk.length;
    return true;
  });
  if (start >= whole.end) return { portions, rest: undefined };
  if (portions.length === most) {
    const count = whole.count - portions.length * size;
    return { portions, rest: { start, end: whole.end, count } };
  }
  if (end < whole.end) throw tooShort(file);
  // Fewer lines are left than one portion has: what the envelope counted does not matter.
  const last = wholeList(file, { start, end });
  return { portions: [...portions, last], rest: undefined };
}

function tooShort(file: string): Error {
  return new Error(`${file}: shorter than the entry's portion of it`);
}

function bytesOf(file: string, { start, end }: Portion): Buffer {
  const data = Buffer.allocUnsafe(Math.max(end - start, 0));
  const fd = openSync(file, "r");
  try {
    let done = 0;
    while (done < data.length) {
      const read = readSync(fd, data, done, data.length - done, start + done);
      if (read === 0) throw tooShort(file);
      done += read;
    }
    return data;
  } finally {
    closeSync(fd);
  }
}

/** Shows a range of a file chunk by chunk, as long as it is wanted. @returns where it ended */
function scanned(
  file: string,
  start: number,
  end: number,
  see: (chunk: Buffer) => boolean,
): number {
  const buffer = Buffer.allocUnsafe(CHUNK);
  const fd = openSync(file, "r");
  try {
    let at = start;
    while (at < end) {
      const size = readSync(fd, buffer, 0, Math.min(CHUNK, end - at), at);
      if (size === 0) break;
      at += size;
      if (!see(buffer.subarray(0, size))) break;
    }
    return at;
  } finally {
    closeSync(fd);
  }
}

/** Whether an entry has a list of its own. */
export function hasRecipients(entry: string): boolean {
  return (
    statSync(recipientsFile(entry), { throwIfNoEntry: false }) !== undefined
  );
}
