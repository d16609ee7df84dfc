/** A new file that is written in small parts, through a buffer. */
import { closeSync, openSync } from "node:fs";
import { release } from "../../base/memory.ts";
import { writeAll } from "../../spool/durable.ts";

const BUFFER = 256 * 1024;

export class Output {
  readonly path: string;
  readonly #fd: number;
  readonly #buffer: Buffer;
  #filled = 0;

  /** @param size bytes that are collected before they are written */
  constructor(path: string, size = BUFFER) {
    this.path = path;
    this.#fd = openSync(path, "wx", 0o640);
    this.#buffer = Buffer.allocUnsafeSlow(size);
  }

  /** Adds the bytes `from` to `to`. */
  add(bytes: Uint8Array, from: number, to: number): void {
    if (to - from > this.#buffer.length - this.#filled) this.flush();
    if (to - from > this.#buffer.length) {
      writeAll(this.#fd, bytes.subarray(from, to));
      return;
    }
    const buffer = this.#buffer;
    let filled = this.#filled;
    for (let at = from; at < to; at += 1)
      buffer[filled++] = bytes[at] as number;
    this.#filled = filled;
  }

  flush(): void {
    writeAll(this.#fd, this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }

  /** Without `flush` before it, what is in the buffer is lost. */
  close(): void {
    closeSync(this.#fd);
    release(this.#buffer);
  }
}
