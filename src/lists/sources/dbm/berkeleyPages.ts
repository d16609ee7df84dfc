/**
 * The pages of a Berkeley DB file, hash (versions 7 to 10) or btree (8 to 10), of either byte order.
 * A page that is not what belongs in its place throws.
 * After db_page.h of Berkeley DB: DBMETA33, PAGE.
 */
import { DbmFile, LARGEST } from "./bytes.ts";

const HASH = 0x00061561;
const BTREE = 0x00053162;
/** Bytes of a page before its index. */
const HEADER = 26;

/** Types of pages. */
export const branchPage = 3;
export const leafPage = 5;
export const hashPages = [2, 13];
const overflowPage = 7;

/** The kind of a file by its first bytes; undefined where it is none. */
export function berkeleyKind(bytes: Buffer): "hash" | "btree" | undefined {
  if (bytes.length < 16) return undefined;
  const magics = [bytes.readUInt32LE(12), bytes.readUInt32BE(12)];
  if (magics.includes(HASH)) return "hash";
  return magics.includes(BTREE) ? "btree" : undefined;
}

export interface Page {
  readonly bytes: Buffer;
  readonly number: number;
  readonly next: number;
  readonly items: number;
  readonly type: number;
}

export class BerkeleyPages {
  readonly #file: DbmFile;
  /** The first page, which tells of the others. */
  readonly meta: Buffer;
  readonly #swapped: boolean;
  readonly pageSize: number;
  /** The number of the last page. */
  readonly last: number;
  /** Pages that were read; a chain or tree that comes back to one has no end. */
  #read = 0;
  /** Those of them that hold entries. */
  #filled = 0;

  constructor(path: string) {
    this.#file = new DbmFile(path, "a Berkeley DB file");
    try {
      this.meta = this.#file.at(0, 512);
      const kind = berkeleyKind(this.meta);
      if (!kind) throw this.damaged("its first page");
      const magic = kind === "hash" ? HASH : BTREE;
      this.#swapped = this.meta.readUInt32LE(12) !== magic;
      this.pageSize = this.long(this.meta, 20);
      this.last = this.long(this.meta, 32);
      if (this.pageSize < 512 || this.pageSize > 65_536)
        throw this.damaged(`a page size of ${this.pageSize}`);
      if ((this.last + 1) * this.pageSize > this.#file.size)
        throw this.damaged("it is cut short");
      const version = this.long(this.meta, 16);
      if (version < 7 || version > 10)
        throw new Error(`version ${version} of this format is not read`);
      if (this.meta[24] !== 0 || this.meta[26] !== 0)
        throw new Error(
          "a file with encryption, checksums or partitions is not read",
        );
    } catch (error) {
      this.#file.close();
      throw error;
    }
  }

  close(): void {
    this.#file.close();
  }

  page(number: number, types: readonly number[]): Page {
    this.#read += 1;
    if (number < 1 || number > this.last || this.#read > this.last)
      throw this.damaged(`page ${number}`);
    const bytes = this.#file.at(number * this.pageSize, this.pageSize);
    const type = bytes[25] ?? 0;
    const items = this.short(bytes, 20);
    if (this.long(bytes, 8) !== number || !types.includes(type))
      throw this.damaged(`page ${number} is not what belongs there`);
    const page = { bytes, number, next: this.long(bytes, 16), items, type };
    if (type !== overflowPage) this.#check(page);
    if (isFilled(type, items)) this.#filled += 1;
    return page;
  }

  /** Throws where items do not reach down to where the page says that they do. */
  #check(page: Page): void {
    if (HEADER + 2 * page.items > this.pageSize)
      throw this.damaged(`page ${page.number}`);
    let lowest = this.pageSize;
    for (let i = 0; i < page.items; i += 1)
      lowest = Math.min(lowest, this.offset(page, i));
    // A page of 64 KiB has no room for this number.
    if (lowest % 65_536 !== this.short(page.bytes, 22))
      throw this.damaged(`page ${page.number}`);
  }

  offset(page: Page, index: number): number {
    const at = this.short(page.bytes, HEADER + 2 * index);
    if (at < HEADER + 2 * page.items || at >= this.pageSize)
      throw this.damaged(`page ${page.number}`);
    return at;
  }

  /** An item that has pages of its own. */
  overflow(page: Page, at: number): Buffer {
    const length = this.long(page.bytes, at + 8);
    if (length > Math.min(LARGEST, this.#file.size))
      throw this.damaged(`an item of ${length} bytes`);
    const parts: Buffer[] = [];
    let number = this.long(page.bytes, at + 4);
    for (let got = 0; got < length; ) {
      const { bytes, next } = this.page(number, [overflowPage]);
      const end = HEADER + this.short(bytes, 22);
      if (end > this.pageSize || end === HEADER)
        throw this.damaged(`page ${number}`);
      parts.push(bytes.subarray(HEADER, end));
      got += end - HEADER;
      number = next;
    }
    return Buffer.concat(parts, length);
  }

  /** A bucket that was never used has a page of zeros; so has one that was lost. */
  isBlank(number: number): boolean {
    if (number > this.last) return false;
    return this.#file
      .at(number * this.pageSize, HEADER)
      .every((byte) => byte === 0);
  }

  /** Throws where a page with entries was on no way to it, for a link is lost, or the file has changed. */
  end(): void {
    let filled = 0;
    for (let number = 1; number <= this.last; number += 1) {
      const head = this.#file.at(number * this.pageSize, HEADER);
      if (isFilled(head[25] ?? 0, this.short(head, 20))) filled += 1;
    }
    if (filled !== this.#filled)
      throw this.damaged("it has entries that nothing leads to");
    this.#file.unchanged();
  }

  long(bytes: Buffer, at: number): number {
    if (at + 4 > bytes.length) throw this.damaged("an entry leaves its page");
    return this.#swapped ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at);
  }

  short(bytes: Buffer, at: number): number {
    if (at + 2 > bytes.length) throw this.damaged("an entry leaves its page");
    return this.#swapped ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at);
  }

  damaged(what: string): Error {
    return this.#file.damaged(what);
  }
}

/** Whether a page of this type holds entries. */
function isFilled(type: number, items: number): boolean {
  return items > 0 && (type === leafPage || hashPages.includes(type));
}
