/**
 * Lines of any byte source, with memory flat: a line longer than the limit is cut, never collected.
 */
import { createReadStream } from "node:fs";

const LINE_LIMIT = 64 * 1024;

/**
 * Lines without their LF or CRLF, decoded as UTF-8; the last one needs no line end.
 * @param source chunks of bytes
 * @param limit bytes of a line that are kept
 */
export async function* linesOf(
  source: AsyncIterable<Uint8Array>,
  limit = LINE_LIMIT,
): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    const data =
      rest.length > 0
        ? Buffer.concat([rest, chunk])
        : Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let from = 0;
    for (let to = data.indexOf(10); to >= 0; to = data.indexOf(10, from)) {
      yield text(data.subarray(from, to), limit);
      from = to + 1;
    }
    rest = Buffer.from(data.subarray(from, from + limit + 1));
  }
  if (rest.length > 0) yield text(rest, limit);
}

function text(line: Buffer, limit: number): string {
  const end = line.at(-1) === 13 ? line.length - 1 : line.length;
  return line.toString("utf8", 0, Math.min(end, limit));
}

/** Lines of a file, opened with the first one asked for; throws ENOENT and the like then. */
export async function* linesOfFile(path: string): AsyncGenerator<string> {
  yield* linesOf(createReadStream(path) as AsyncIterable<Buffer>);
}
