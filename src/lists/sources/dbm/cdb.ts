/**
 * Reads a constant database (cdb, by D. J. Bernstein): 256 pairs of position and length that lead to
 * hash tables, the records, the tables. All records are read in their order, and held against the
 * tables: their number, their hashes and their positions must add up, or reading throws.
 */
import { type DbmEntry, DbmFile } from "./bytes.ts";

const HEADER = 2048;
const CHUNK = 64 * 1024;

/** The entries in the order in which they were written. Throws where the file is damaged. */
export function* cdbEntries(path: string): Generator<DbmEntry> {
  const file = new DbmFile(path, "a cdb file");
  try {
    const header = file.at(0, HEADER);
    const records = new Sums();
    yield* readRecords(file, header.readUInt32LE(0), records);
    if (!records.equal(tableSums(file, header)))
      throw file.damaged("its entries do not add up");
    file.unchanged();
  } finally {
    file.close();
  }
}

/** Whether a header can be that of a cdb file of this size: the tables lie in a row to its end. */
export function looksLikeCdb(header: Buffer, size: number): boolean {
  if (header.length < HEADER || size < HEADER) return false;
  let at = header.readUInt32LE(0);
  if (at < HEADER) return false;
  for (let i = 0; i < HEADER; i += 8) {
    const slots = header.readUInt32LE(i + 4);
    if (header.readUInt32LE(i) !== at || slots % 2 !== 0) return false;
    at += 8 * slots;
  }
  return at === size;
}

function* readRecords(
  file: DbmFile,
  end: number,
  sums: Sums,
): Generator<DbmEntry> {
  if (end < HEADER || end > file.size) throw file.damaged("its first table");
  let start = HEADER;
  let chunk = file.at(start, Math.min(CHUNK, end - start));
  /** `length` bytes at a position at or behind the last one asked for. */
  const part = (position: number, length: number) => {
    if (position + length > end) throw file.damaged("an entry has no end");
    if (position + length > start + chunk.length) {
      start = position;
      chunk = file.at(start, Math.min(Math.max(CHUNK, length), end - start));
    }
    return chunk.subarray(position - start, position - start + length);
  };
  for (let position = HEADER; position < end; ) {
    const lengths = part(position, 8);
    const keyLength = lengths.readUInt32LE(0);
    const length = keyLength + lengths.readUInt32LE(4);
    const both = part(position + 8, length);
    const key = both.subarray(0, keyLength);
    const value = both.subarray(keyLength);
    if (keyLength > 0 || !isBlank(value)) {
      sums.add(hashOf(key), position);
      yield { key, value };
    }
    position += 8 + length;
  }
}

/** What tinycdb leaves of an entry that was replaced: no table knows of it. */
function isBlank(value: Buffer): boolean {
  return value.length > 0 && value.every((byte) => byte === 0);
}

/** The sums over what all tables point to. */
function tableSums(file: DbmFile, header: Buffer): Sums {
  const sums = new Sums();
  for (let i = 0; i < HEADER; i += 8) {
    const end = header.readUInt32LE(i) + 8 * header.readUInt32LE(i + 4);
    for (let at = header.readUInt32LE(i); at < end; at += CHUNK) {
      const slots = file.at(at, Math.min(CHUNK, end - at));
      for (let slot = 0; slot < slots.length; slot += 8) {
        const position = slots.readUInt32LE(slot + 4);
        if (position !== 0) sums.add(slots.readUInt32LE(slot), position);
      }
    }
  }
  return sums;
}

/** What a set of records comes to, in whatever order they are added. */
class Sums {
  #count = 0;
  #hashes = 0;
  #positions = 0;

  add(hash: number, position: number): void {
    this.#count += 1;
    this.#hashes = (this.#hashes + hash) >>> 0;
    // Mixed, so that two that are exchanged do not go unseen.
    this.#positions = (this.#positions + Math.imul(position, hash | 1)) >>> 0;
  }

  equal(other: Sums): boolean {
    return (
      this.#count === other.#count &&
      this.#hashes === other.#hashes &&
      this.#positions === other.#positions
    );
  }
}

/** The hash of the format: h = (h * 33) ^ byte, from 5381. */
function hashOf(key: Buffer): number {
  let hash = 5381;
  for (let i = 0; i < key.length; i += 1)
    hash = (((hash << 5) + hash) ^ (key[i] ?? 0)) | 0;
  return hash >>> 0;
}
