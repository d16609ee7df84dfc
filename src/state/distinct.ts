/**
 * Each line once. A few are kept in memory, many in a temporary database file that is gone with
 * the process, so memory stays flat for millions.
 */
import { type Database, openTemporary } from "./db.ts";

/** Lines that memory holds before the file is used, */
const FEW = 50_000;

/** and lines that are looked up in the file at once: twice as fast as one by one. */
const BATCH = 10_000;

type Lines = AsyncIterable<string> | Iterable<string>;

/**
 * The lines whose key was not seen before, in their order.
 * @param few lines that memory may hold
 */
export async function* distinct(
  lines: Lines,
  key: (line: string) => string,
  few = FEW,
): AsyncGenerator<string> {
  const seen = new Set<string>();
  const batch = new Map<string, string>();
  let file: Database | undefined;
  try {
    for await (const line of lines) {
      const k = clean(key(line));
      if (file === undefined) {
        if (seen.has(k)) continue;
        seen.add(k);
        yield line;
        if (seen.size < few) continue;
        file = keyFile();
        newKeys(file, [...seen]);
        seen.clear();
      } else if (!batch.has(k)) {
        batch.set(k, line);
        if (batch.size < BATCH) continue;
        for (const one of newKeys(file, [...batch.keys()]))
          yield batch.get(one) ?? "";
        batch.clear();
      }
    }
    if (file !== undefined)
      for (const one of newKeys(file, [...batch.keys()]))
        yield batch.get(one) ?? "";
  } finally {
    file?.close();
  }
}

/**
 * The lines in the order of their keys (their UTF-8 bytes), the first of each key.
 * @param few lines that memory may hold
 */
export async function* ordered(
  lines: Lines,
  key: (line: string) => string,
  few = FEW,
): AsyncGenerator<string> {
  const seen = new Map<string, string>();
  let file: LineFile | undefined;
  try {
    for await (const line of lines) {
      const k = clean(key(line));
      if (file !== undefined) file.add(k, line);
      else if (!seen.has(k)) {
        seen.set(k, line);
        if (seen.size < few) continue;
        file = new LineFile();
        for (const [one, first] of seen) file.add(one, first);
        seen.clear();
      }
    }
    if (file !== undefined) yield* file.inOrder();
    else for (const k of sorted([...seen.keys()])) yield seen.get(k) ?? "";
  } finally {
    file?.close();
  }
}

/** What SQLite's text and JSON cannot hold as it is. */
function clean(key: string): string {
  const whole = key.isWellFormed() ? key : key.toWellFormed();
  return whole.includes("\0") ? whole.replaceAll("\0", "\x01") : whole;
}

/** By UTF-8 bytes, as SQLite does; JavaScript's own order differs only beyond U+D7FF. */
function sorted(keys: string[]): string[] {
  if (keys.every((k) => !/[\ud800-\uffff]/.test(k))) return keys.sort();
  return keys.sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
}

function keyFile(): Database {
  const db = openTemporary();
  db.exec("CREATE TABLE seen (key TEXT PRIMARY KEY) WITHOUT ROWID; BEGIN");
  return db;
}

/** Adds keys; gives those that were not there, in the order given. */
function newKeys(db: Database, keys: readonly string[]): string[] {
  // In order, neighbours share a page, so most of the work is done in memory.
  const insert = db.prepare(
    `INSERT OR IGNORE INTO seen SELECT value FROM json_each(?) ORDER BY 1
     RETURNING key`,
  );
  const added = new Set(insert.pluck().all(JSON.stringify(keys)));
  return keys.filter((key) => added.has(key));
}

/** Keys with lines; sorted by SQLite's external sort when they are read. */
class LineFile {
  readonly #db: Database;
  readonly #insert;

  constructor() {
    this.#db = openTemporary();
    this.#db.exec("CREATE TABLE lines (key TEXT, line TEXT); BEGIN");
    this.#insert = this.#db.prepare("INSERT INTO lines VALUES (?, ?)");
  }

  add(key: string, line: string): void {
    this.#insert.run(key, line);
  }

  *inOrder(): Generator<string> {
    const rows = this.#db
      .prepare("SELECT key, line FROM lines ORDER BY key, rowid")
      .raw()
      .iterate() as IterableIterator<[string, string]>;
    let last: string | undefined;
    for (const [key, line] of rows) {
      if (key !== last) yield line;
      last = key;
    }
  }

  close(): void {
    this.#db.close();
  }
}
