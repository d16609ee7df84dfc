/**
 * Content as a row of pieces: bytes in memory, and ranges of files that stay where they are.
 * An edited message of 50 MB is a new header and a range of the old file, so memory stays flat.
 */
import { closeSync, createReadStream, openSync, readSync } from "node:fs";

/** A range of a file: `start` inclusive, `end` exclusive, in bytes. */
export interface FileRange {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

export type Piece = Uint8Array | FileRange;

export function isRange(piece: Piece): piece is FileRange {
  return !(piece instanceof Uint8Array);
}

/** Total length in bytes. */
export function lengthOf(pieces: readonly Piece[]): number {
  let total = 0;
  for (const piece of pieces)
    total += isRange(piece) ? piece.end - piece.start : piece.byteLength;
  return total;
}

/** Bytes `start` (inclusive) to `end` (exclusive) of the content, as pieces again. */
export function slice(
  pieces: readonly Piece[],
  start: number,
  end: number = lengthOf(pieces),
): Piece[] {
  const found: Piece[] = [];
  let at = 0;
  for (const piece of pieces) {
    const size = lengthOf([piece]);
    const from = Math.max(start - at, 0);
    const to = Math.min(end - at, size);
    if (from < to)
      found.push(
        isRange(piece)
          ? {
              path: piece.path,
              start: piece.start + from,
              end: piece.start + to,
            }
          : piece.subarray(from, to),
      );
    at += size;
  }
  return found;
}

const CHUNK = 64 * 1024;

/** The bytes: of files in chunks of at most 64 KiB. Throws the file system's error. */
export async function* chunks(
  pieces: readonly Piece[],
): AsyncGenerator<Uint8Array> {
  for (const piece of pieces) {
    if (!isRange(piece)) {
      if (piece.byteLength > 0) yield piece;
    } else if (piece.end - piece.start <= CHUNK) {
      yield readRange(piece);
    } else {
      yield* createReadStream(piece.path, {
        start: piece.start,
        end: piece.end - 1,
      }) as AsyncIterable<Buffer>;
    }
  }
}

/** A small range at once: a stream costs ten times as much to set up. */
function readRange(range: FileRange): Buffer {
  const buffer = Buffer.allocUnsafe(range.end - range.start);
  const fd = openSync(range.path, "r");
  try {
    let done = 0;
    while (done < buffer.length) {
      const got = readSync(
        fd,
        buffer,
        done,
        buffer.length - done,
        range.start + done,
      );
      if (got === 0) break;
      done += got;
    }
    return buffer.subarray(0, done);
  } finally {
    closeSync(fd);
  }
}

/**
 * At most `limit` bytes of the content, in memory.
 * @param limit bytes; what lies behind is left out
 */
export async function bytes(
  pieces: readonly Piece[],
  limit: number,
): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks(slice(pieces, 0, limit))) parts.push(chunk);
  return Buffer.concat(parts);
}
