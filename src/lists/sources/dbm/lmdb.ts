/**
 * Reads an LMDB file without the library: format 1 (LMDB 0.9: Postfix, Python, every distribution)
 * and format 2 (LMDB 1.0, the npm package), whose library reads no format 1. Plain reads instead of
 * a memory map, so a file that is damaged or cut short throws and kills nothing, and no lock file
 * is needed. Writers are not held off: they copy pages and never change those of the newest
 * snapshot, so what was read is right if that snapshot is still the newest one at the end; if it is
 * not, or the number of entries is not the recorded one, reading throws.
 * After mdb.c of LMDB: MDB_meta, MDB_db, MDB_page, MDB_node; 64 bits, little endian.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { type DbmEntry, DbmFile } from "./bytes.ts";

const MAGIC = 0xbeefc0de;
const NO_PAGE = 0xffff_ffff_ffff_ffffn;
const branchPage = 0x01;
const leafPage = 0x02;
const overflowPage = 0x04;
const dupSort = 0x04;
const bigData = 0x01;
const subData = 0x02;
const dupData = 0x04;
/** More levels than the largest file has. */
const DEEPEST = 32;

/** Whether a file that begins so is one. */
export function isLmdb(bytes: Buffer): boolean {
  return [16, 24].some(
    (at) => bytes.length >= at + 4 && bytes.readUInt32LE(at) === MAGIC,
  );
}

/**
 * The entries of the main database, in the order of their keys.
 * @param path the file, or the folder with a data.mdb
 * Throws where the file is missing, damaged, changed meanwhile, or of a kind that has more than one
 * value a key.
 */
export function* lmdbEntries(path: string): Generator<DbmEntry> {
  const file = statSync(path).isDirectory() ? join(path, "data.mdb") : path;
  const db = new DbmFile(file, "an LMDB file");
  try {
    const snapshot = newest(db);
    let count = 0n;
    if (snapshot.flags & dupSort)
      throw new Error("a database with several values a key is not supported");
    if (snapshot.root !== NO_PAGE)
      for (const entry of below(db, snapshot, snapshot.root, 0)) {
        count += 1n;
        if (count > snapshot.entries) break;
        yield entry;
      }
    if (newest(db).transaction !== snapshot.transaction)
      throw new Error("the database was changed while it was read");
    if (count !== snapshot.entries)
      throw db.damaged("its entries do not add up");
  } finally {
    db.close();
  }
}

/** What a meta page says. */
interface Snapshot {
  readonly pageSize: number;
  /** Bytes of a page's header. */
  readonly header: number;
  /** What offsets inside a page count from. */
  readonly base: number;
  readonly flags: number;
  readonly entries: bigint;
  readonly root: bigint;
  readonly last: bigint;
  readonly transaction: bigint;
}

/** The newer of the two meta pages, which begin the file. */
function newest(db: DbmFile): Snapshot {
  const first = snapshotAt(db, 0);
  const second = snapshotAt(db, first.pageSize);
  if (second.transaction === first.transaction && second.root !== first.root)
    throw db.damaged("two snapshots with one number");
  return second.transaction > first.transaction ? second : first;
}

function snapshotAt(db: DbmFile, at: number): Snapshot {
  const page = db.at(at, 24 + 136);
  const header = page.readUInt32LE(16) === MAGIC ? 16 : 24;
  const version = page.readUInt32LE(header + 4);
  if (
    page.readUInt32LE(header) !== MAGIC ||
    version !== (header === 16 ? 1 : 2)
  )
    throw new Error("not an LMDB file of format 1 or 2");
  const pageSize = page.readUInt32LE(header + 24);
  if (pageSize < 256 || pageSize > 65_536)
    throw db.damaged(`a page size of ${pageSize}`);
  return {
    pageSize,
    header,
    base: version === 1 ? 0 : header,
    flags: page.readUInt16LE(header + 76),
    entries: page.readBigUInt64LE(header + 104),
    root: page.readBigUInt64LE(header + 112),
    last: page.readBigUInt64LE(header + 120),
    transaction: page.readBigUInt64LE(header + 128),
  };
}

/** All entries of the tree below a page. */
function* below(
  db: DbmFile,
  snapshot: Snapshot,
  number: bigint,
  depth: number,
): Generator<DbmEntry> {
  if (depth > DEEPEST) throw db.damaged("its tree has no end");
  const page = pageAt(db, snapshot, number);
  const { header, base } = snapshot;
  const flags = page.readUInt16LE(header - 6);
  const nodes = (page.readUInt16LE(header - 4) - (header - base)) >> 1;
  if (nodes < 0 || header + 2 * nodes > page.length)
    throw db.damaged(`page ${number}`);
  for (let i = 0; i < nodes; i += 1) {
    const at = page.readUInt16LE(header + 2 * i) + base;
    const node = part(db, page, at, 8);
    const low = node.readUInt32LE(0);
    if (flags & branchPage) {
      const child = BigInt(low) | (BigInt(node.readUInt16LE(4)) << 32n);
      yield* below(db, snapshot, child, depth + 1);
    } else if (flags & leafPage) {
      const kind = node.readUInt16LE(4);
      if (kind & (subData | dupData))
        throw new Error("a file with several databases is not supported");
      const end = at + 8 + node.readUInt16LE(6);
      const key = part(db, page, at + 8, end - at - 8);
      const value =
        kind & bigData
          ? bigValue(
              db,
              snapshot,
              part(db, page, end, 8).readBigUInt64LE(),
              low,
            )
          : part(db, page, end, low);
      yield { key, value };
    } else throw db.damaged(`page ${number} is no part of a tree`);
  }
}

/** A value that has pages of its own. */
function bigValue(
  db: DbmFile,
  snapshot: Snapshot,
  number: bigint,
  length: number,
): Buffer {
  const { header, pageSize } = snapshot;
  const page = pageAt(db, snapshot, number);
  if (!(page.readUInt16LE(header - 6) & overflowPage))
    throw db.damaged(`page ${number} holds no value`);
  const pages = page.readUInt32LE(header - 4);
  if (header + length > pages * pageSize) throw db.damaged(`page ${number}`);
  return db.at(Number(number) * pageSize + header, length);
}

function pageAt(db: DbmFile, snapshot: Snapshot, number: bigint): Buffer {
  if (number < 2n || number > snapshot.last) throw db.damaged(`page ${number}`);
  const { pageSize } = snapshot;
  const page = db.at(Number(number) * pageSize, pageSize);
  if (page.readBigUInt64LE(0) !== number) throw db.damaged(`page ${number}`);
  return page;
}

function part(db: DbmFile, page: Buffer, at: number, length: number): Buffer {
  if (at + length > page.length) throw db.damaged("an entry leaves its page");
  return page.subarray(at, at + length);
}
