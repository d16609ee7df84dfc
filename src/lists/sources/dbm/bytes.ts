/**
 * Plain reads of a database file, in place of a memory map: a file that is cut short throws and
 * kills nothing, and one that is written to while it is read is found out at the end.
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";

/** Bytes of a key or value that are taken to be meant. */
export const LARGEST = 16 * 2 ** 20;

export interface DbmEntry {
  readonly key: Buffer;
  readonly value: Buffer;
}

export class DbmFile {
  readonly #fd: number;
  readonly #kind: string;
  readonly #stamp: string;
  /** Bytes. */
  readonly size: number;

  /** @param kind "a cdb file", for errors */
  constructor(path: string, kind: string) {
    this.#fd = openSync(path, "r");
    this.#kind = kind;
    const stat = fstatSync(this.#fd, { bigint: true });
    this.size = Number(stat.size);
    this.#stamp = `${stat.size} ${stat.mtimeNs}`;
  }

  /** Throws where the file has not so many bytes there. */
  at(position: number, length: number): Buffer {
    if (length > LARGEST)
      throw this.damaged(`a part of ${length} bytes is too large`);
    const bytes = Buffer.allocUnsafe(length);
    for (let done = 0; done < length; ) {
      const got = readSync(
        this.#fd,
        bytes,
        done,
        length - done,
        position + done,
      );
      if (got === 0) throw this.damaged("it is cut short");
      done += got;
    }
    return bytes;
  }

  damaged(what: string): Error {
    return new Error(`not ${this.#kind}, or damaged: ${what}`);
  }

  /** Throws where the file was written to since it was opened. */
  unchanged(): void {
    const stat = fstatSync(this.#fd, { bigint: true });
    if (`${stat.size} ${stat.mtimeNs}` !== this.#stamp)
      throw new Error("the file was changed while it was read");
  }

  close(): void {
    closeSync(this.#fd);
  }
}
