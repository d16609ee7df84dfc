/**
 * A file of lines, read a block of whole lines at a time into one buffer that is used again: so a
 * million addresses are looked at as bytes, without a string for each. Every line of a block ends
 * with LF, the last one of the file too.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Bytes of a block; it grows for a line that is longer. */
const BLOCK = 256 * 1024;

export class Blocks {
  /** The block: whole lines in the bytes 0 to `end`. Overwritten by the next one. */
  buffer: Buffer;
  end = 0;
  /** The byte of the file that is the first of the block. */
  start: number;
  readonly #fd: number;
  /** Where the file is read next, and where to stop. */
  #at: number;
  readonly #stop: number;
  /** Bytes behind `end` that belong to the next block. */
  #rest = 0;

  /**
   * @param start byte of the file where a line begins
   * @param stop byte behind the last line; all of the file without it
   */
  constructor(
    path: string,
    { start = 0, stop = Number.POSITIVE_INFINITY, size = BLOCK } = {},
  ) {
    this.#fd = openSync(path, "r");
    this.start = start;
    this.#at = start;
    this.#stop = stop;
    const left = Math.min(fstatSync(this.#fd).size, stop) - start;
    // One byte for the line end that the last line may lack, and one to see the end.
    this.buffer = Buffer.allocUnsafeSlow(Math.min(size, Math.max(left, 0) + 2));
  }

  /** Reads the next block; false behind the last one. */
  load(): boolean {
    this.buffer.copyWithin(0, this.end, this.end + this.#rest);
    this.start += this.end;
    let filled = this.#rest;
    for (;;) {
      // One byte is kept for the line end that the last line may lack.
      if (filled >= this.buffer.length - 1) this.#grow();
      const room = Math.min(
        this.buffer.length - 1 - filled,
        this.#stop - this.#at,
      );
      const got =
        room > 0 ? readSync(this.#fd, this.buffer, filled, room, this.#at) : 0;
      this.#at += got;
      if (got === 0) {
        if (filled > 0 && this.buffer[filled - 1] !== LF)
          this.buffer[filled++] = LF;
        this.end = filled;
        this.#rest = 0;
        return filled > 0;
      }
      const last = this.buffer.subarray(filled, filled + got).lastIndexOf(LF);
      if (last >= 0) {
        this.end = filled + last + 1;
        this.#rest = got - last - 1;
        return true;
      }
      filled += got;
    }
  }

  close(): void {
    closeSync(this.#fd);
  }

  #grow(): void {
    const larger = Buffer.allocUnsafeSlow(this.buffer.length * 2);
    this.buffer.copy(larger);
    this.buffer = larger;
  }
}

const LF = 10;

/** Where the line ends that begins at `start`: its LF. Lines are short: faster than `indexOf`. */
export function lineEnd(block: Buffer, start: number): number {
  let end = start;
  while (block[end] !== LF) end += 1;
  return end;
}
