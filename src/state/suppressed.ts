/**
 * Addresses that get nothing, of a list or of the whole site (list ""). Adding and removing are
 * idempotent. They are read in pages, so that a million cost no more memory than a thousand.
 */
import type { Database, State, Statement } from "./db.ts";

export interface Suppression {
  /** The list's address; "" for all lists. */
  readonly list: string;
  /** What two spellings have in common; "@domain" for all of a domain. */
  readonly key: string;
  readonly address: string;
  readonly reason: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

const PAGE = 1000;

export class Suppressed {
  readonly #db: Database;
  readonly #get: Statement;
  readonly #put: Statement;
  readonly #delete: Statement;
  readonly #page: Statement;
  readonly #keys: Statement;

  constructor({ db }: State) {
    this.#db = db;
    this.#get = db.prepare(
      "SELECT reason FROM suppressed WHERE list = ? AND key = ?",
    );
    this.#put = db.prepare(
      `INSERT INTO suppressed VALUES (?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET reason = excluded.reason`,
    );
    this.#delete = db.prepare(
      "DELETE FROM suppressed WHERE list = ? AND key = ?",
    );
    this.#page = db.prepare(
      `SELECT list, key, address, reason, since FROM suppressed
       WHERE (list, key) > (?, ?) AND list <= ? ORDER BY list, key LIMIT ${PAGE}`,
    );
    this.#keys = db
      .prepare(
        `SELECT key FROM suppressed WHERE list = ? AND key > ?
         ORDER BY key LIMIT ${PAGE}`,
      )
      .pluck();
  }

  /** Adds all or none. @returns of each whether it is new, and whether it has a new reason */
  add(all: readonly Suppression[]): ("added" | "changed" | "present")[] {
    const one = ({ list, key, address, reason, since }: Suppression) => {
      const old = this.#get.get(list, key) as { reason: string } | undefined;
      if (old && (old.reason === reason || reason === "")) return "present";
      this.#put.run(list, key, address, reason, since);
      return old ? "changed" : "added";
    };
    return this.#db.transaction(() => all.map(one)).immediate();
  }

  /** True where it was there. */
  remove(list: string, key: string): boolean {
    return this.#delete.run(list, key).changes > 0;
  }

  /** All of a list, or of every list and the site; in order, a page at a time. */
  *all(list?: string): Generator<Suppression[]> {
    let [inList, after] = [list ?? "", ""];
    const last = list ?? "\u{10ffff}";
    for (;;) {
      const page = this.#page.all(inList, after, last) as Suppression[];
      if (page.length > 0) yield page;
      const end = page.at(-1);
      if (!end || page.length < PAGE) return;
      [inList, after] = [end.list, end.key];
    }
  }

  /** The keys of a list, a page at a time. */
  *keys(list: string): Generator<string[]> {
    for (let after = ""; ; ) {
      const page = this.#keys.all(list, after) as string[];
      if (page.length > 0) yield page;
      if (page.length < PAGE) return;
      after = page.at(-1) ?? "";
    }
  }
}
