/**
 * Lines of any byte source, with memory flat: a line longer than the limit is cut, never collected.
 * Where nothing may be lost, `unbroken` throws before that.
 */
import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";

const LINE_LIMIT = 64 * 1024;

/**
 * What becomes of a line that is not UTF-8. "marked" has half a character in it (String.isWellFormed),
 * which no UTF-8 gives.
 */
export type Otherwise = "replaced" | "marked" | "latin1";

/**
 * Lines without their LF or CRLF, decoded as UTF-8; the last one needs no line end.
 * @param source chunks of bytes
 * @param limit bytes of a line that are kept
 */
export async function* linesOf(
  source: AsyncIterable<Uint8Array>,
  limit = LINE_LIMIT,
  otherwise: Otherwise = "replaced",
): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    const data =
      rest.length > 0
        ? Buffer.concat([rest, chunk])
        : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    for (let to = data.indexOf(10); to >= 0; to = data.indexOf(10, from)) {
      yield text(data.subarray(from, to), limit, otherwise);
      from = to + 1;
    }
    rest = Buffer.from(data.subarray(from, from + limit + 1));
  }
  if (rest.length > 0) yield text(rest, limit, otherwise);
}

function text(line: Buffer, limit: number, otherwise: Otherwise): string {
  const end = line.at(-1) === 13 ? line.length - 1 : line.length;
  const kept = line.subarray(0, Math.min(end, limit));
  const decoded = kept.toString("utf8");
  const isRight = !decoded.includes("\ufffd") || isUtf8(kept);
  if (isRight || otherwise === "replaced") return decoded;
  return otherwise === "latin1"
    ? kept.toString("latin1")
    : decoded.replaceAll("\ufffd", "\udcff");
}

/** Bytes of a line that none of the readers here cuts. */
export const UNCUT = 32 * 1024;

/**
 * The same bytes. Throws at a line of more than `limit` bytes, before anybody could cut it.
 * @param name of the text, for the error
 * @param limit up to UNCUT for `pagesOf`, up to that of `linesOf` otherwise
 */
export async function* unbroken(
  source: AsyncIterable<Uint8Array>,
  name: string,
  limit = UNCUT,
): AsyncGenerator<Uint8Array> {
  /** Bytes of the line that has no end yet. */
  let open = 0;
  for await (const bytes of source) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // From each line end to the last one that is near enough: most lines are passed over unseen.
    let from = 0;
    for (let left = limit - open; chunk.length - from > left; left = limit) {
      const end = chunk.subarray(from, from + left + 1).lastIndexOf(10);
      if (end < 0)
        throw new Error(
          `${name}: a line of more than ${limit / 1024} KiB, with ${beginning(chunk.subarray(from))} in it`,
        );
      from += end + 1;
      open = 0;
    }
    const last = chunk.lastIndexOf(10);
    open = last < 0 ? open + chunk.length : chunk.length - last - 1;
    yield chunk;
  }
}

/** Something to find a line by. */
function beginning(line: Buffer): string {
  return JSON.stringify(line.toString("utf8", 0, 40));
}

/** Lines of a file, opened with the first one asked for; throws ENOENT and the like then. */
export async function* linesOfFile(path: string): AsyncGenerator<string> {
  yield* linesOf(createReadStream(path) as AsyncIterable<Buffer>);
}

/** Bytes that are read at once for a page of lines. */
const PAGE = 32 * 1024;

/**
 * Lines like those of `linesOf`, but some thousands at once: many times as fast. Of a line that is
 * longer than two chunks and a page the middle is left out.
 */
export async function* pagesOf(
  source: AsyncIterable<Uint8Array>,
): AsyncGenerator<string[]> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const bytes of source) {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const last = chunk.lastIndexOf(10);
    if (last < 0) {
      const room = Math.max(PAGE - rest.length, 0);
      rest = Buffer.concat([rest, chunk.subarray(0, room)]);
      continue;
    }
    const whole = chunk.subarray(0, last);
    yield page(rest.length > 0 ? Buffer.concat([rest, whole]) : whole);
    rest = Buffer.from(chunk.subarray(last + 1));
  }
  if (rest.length > 0) yield page(rest);
}

/** The same of a file, opened with the first page asked for. */
export async function* pagesOfFile(path: string): AsyncGenerator<string[]> {
  const source = createReadStream(path, { highWaterMark: PAGE });
  yield* pagesOf(source as AsyncIterable<Buffer>);
}

function page(data: Buffer): string[] {
  const lines = data.toString("utf8").split("\n");
  if (!data.includes(13)) return lines;
  return lines.map((line) => (line.endsWith("\r") ? line.slice(0, -1) : line));
}
