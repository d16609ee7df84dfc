/**
 * What a consumer has done, in an SQLite file of its own: so that what a broker brings twice is done
 * once, and how often something was tried is known after a restart. Kept for a time and up to a number.
 */
import { type Database, openFile } from "./sqlite.ts";

const steps = [
  `CREATE TABLE done (
     id TEXT PRIMARY KEY, digest TEXT NOT NULL, at INTEGER NOT NULL
   ) WITHOUT ROWID;
   CREATE INDEX done_at ON done (at);
   CREATE TABLE tries (
     id TEXT PRIMARY KEY, count INTEGER NOT NULL, at INTEGER NOT NULL
   ) WITHOUT ROWID;`,
];

/** What is forgotten. */
export interface Memory {
  /** Milliseconds. */
  readonly time: number;
  /** Ids. */
  readonly number: number;
}

export const MEMORY: Memory = { time: 30 * 24 * 3600_000, number: 1_000_000 };

/** Ids that are noted between two looks at what is too old. */
const BETWEEN = 1000;

export class Done {
  readonly #db: Database;
  readonly #memory: Memory;
  #noted = 0;

  /**
   * Makes the file where there is none.
   * Throws a Failure where it is of a newer listmill, damaged, or cannot be opened.
   */
  constructor(path: string, memory: Memory = MEMORY) {
    this.#db = openFile(path, steps, false);
    this.#memory = memory;
  }

  /** @param digest of the content: another one under the same id is something else */
  has(id: string, digest: string): boolean {
    const found = this.#db
      .prepare<[string], { digest: string }>(
        "SELECT digest FROM done WHERE id = ?",
      )
      .get(id);
    return found?.digest === digest;
  }

  /** On disk when this returns. @param now milliseconds since 1970 */
  note(id: string, digest: string, now: number): void {
    this.#db.transaction(() => {
      this.#db
        .prepare(
          `INSERT INTO done (id, digest, at) VALUES (?, ?, ?)
           ON CONFLICT (id) DO UPDATE SET digest = excluded.digest, at = excluded.at`,
        )
        .run(id, digest, now);
      this.#forget(id);
      if (this.#noted % BETWEEN === 0) this.#prune(now);
      this.#noted += 1;
    })();
  }

  /** Notes that it is tried: where this cannot be written, what is done could not be either. */
  begun(id: string, now: number): void {
    this.#db
      .prepare(
        `INSERT INTO tries (id, count, at) VALUES (?, 0, ?)
         ON CONFLICT (id) DO UPDATE SET at = excluded.at`,
      )
      .run(id, now);
  }

  /** Counts a try that failed. @returns how many there were, this one included */
  failed(id: string, now: number): number {
    const row = this.#db
      .prepare<[string, number], { count: number }>(
        `INSERT INTO tries (id, count, at) VALUES (?, 1, ?)
         ON CONFLICT (id) DO UPDATE SET count = count + 1, at = excluded.at
         RETURNING count`,
      )
      .get(id, now);
    return row?.count ?? 1;
  }

  /** It is not tried any more. */
  settled(id: string): void {
    this.#forget(id);
  }

  close(): void {
    this.#db.close();
  }

  #forget(id: string): void {
    this.#db.prepare("DELETE FROM tries WHERE id = ?").run(id);
  }

  #prune(now: number): void {
    const { time, number } = this.#memory;
    for (const table of ["done", "tries"])
      this.#db.prepare(`DELETE FROM ${table} WHERE at < ?`).run(now - time);
    const oldest = this.#db
      .prepare<[number], { at: number }>(
        "SELECT at FROM done ORDER BY at DESC LIMIT 1 OFFSET ?",
      )
      .get(number);
    if (oldest)
      this.#db.prepare("DELETE FROM done WHERE at <= ?").run(oldest.at);
  }
}
