/**
 * Who is a member of what: one row a member and list, ordered by key, read in pages so that a
 * million members cost no more memory than a thousand. Adding and removing are idempotent.
 */
import type { Database, State, Statement } from "./db.ts";

/** How a member gets posts. */
export const deliveries = [
  "posts",
  "digest-mime",
  "digest-plain",
  "nomail",
] as const;

export type Delivery = (typeof deliveries)[number];

export interface Member {
  /** What two spellings of the address have in common. */
  readonly key: string;
  readonly address: string;
  readonly name: string;
  readonly delivery: Delivery;
  /** Whether own posts come back; undefined: as the list has it. */
  readonly ownCopy: boolean | undefined;
  /** Milliseconds since 1970. */
  readonly joined: number;
}

/** A member to add; what is undefined stays as it is, or is the default for a new one. */
export interface Joining {
  readonly key: string;
  readonly address: string;
  readonly name?: string | undefined;
  readonly delivery?: Delivery | undefined;
  readonly ownCopy?: boolean | undefined;
}

export type Added = "added" | "changed" | "present";

interface MemberRow {
  key: string;
  address: string;
  name: string;
  delivery: string;
  own_copy: number | null;
  joined: number;
}

const PAGE = 1000;
/** Kilobytes, with the minus that SQLite wants; the usual size and one for reading. */
const CACHE = -16_000;
const SMALL_CACHE = -1000;

export class Members {
  readonly #db: Database;
  readonly #one: Statement;
  readonly #insert: Statement;
  readonly #update: Statement;
  readonly #delete: Statement;
  readonly #page: Statement;
  readonly #addresses: Statement;
  readonly #count: Statement;

  constructor(state: State) {
    const db = state.db;
    this.#db = db;
    this.#one = db.prepare("SELECT * FROM members WHERE list = ? AND key = ?");
    this.#insert = db.prepare(
      `INSERT INTO members (list, key, address, name, delivery, own_copy, joined)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#update = db.prepare(
      `UPDATE members SET address = ?, name = ?, delivery = ?, own_copy = ?
       WHERE list = ? AND key = ?`,
    );
    this.#delete = db.prepare("DELETE FROM members WHERE list = ? AND key = ?");
    this.#page = db.prepare(
      `SELECT * FROM members WHERE list = ? AND key > ?
       AND delivery IN (SELECT value FROM json_each(?)) ORDER BY key LIMIT ${PAGE}`,
    );
    // A page as one value: a million strings would cost more than all the rest.
    this.#addresses = db
      .prepare(
        `SELECT max(key), CAST(group_concat(address, char(10)) || char(10) AS BLOB), count(*)
         FROM (SELECT key, address FROM members WHERE list = ? AND key > ?
               AND delivery = ? ORDER BY key LIMIT ${PAGE})`,
      )
      .raw();
    this.#count = db.prepare(
      `SELECT count(*) AS n FROM members WHERE list = ?
       AND delivery IN (SELECT value FROM json_each(?))`,
    );
  }

  /** Adds a member or changes one. @param now milliseconds since 1970 */
  add(list: string, joining: Joining, now: number): Added {
    return this.addAll(list, [joining], now)[0] ?? "present";
  }

  /** Adds many in one transaction: all or none. The results are in the same order. */
  addAll(list: string, joining: readonly Joining[], now: number): Added[] {
    return this.#db
      .transaction(() => joining.map((one) => this.#put(list, one, now)))
      .immediate();
  }

  #put(list: string, one: Joining, now: number): Added {
    const old = this.get(list, one.key);
    const name = one.name ?? old?.name ?? "";
    const delivery = one.delivery ?? old?.delivery ?? "posts";
    const ownCopy = one.ownCopy ?? old?.ownCopy;
    const own = ownCopy === undefined ? null : Number(ownCopy);
    if (old === undefined) {
      this.#insert.run(list, one.key, one.address, name, delivery, own, now);
      return "added";
    }
    if (
      old.address === one.address &&
      old.name === name &&
      old.delivery === delivery &&
      old.ownCopy === ownCopy
    )
      return "present";
    this.#update.run(one.address, name, delivery, own, list, one.key);
    return "changed";
  }

  /** Removes all members of a list. */
  clear(list: string): void {
    this.#db.prepare("DELETE FROM members WHERE list = ?").run(list);
  }

  /** True where there was such a member. */
  remove(list: string, key: string): boolean {
    return this.#delete.run(list, key).changes > 0;
  }

  get(list: string, key: string): Member | undefined {
    const row = this.#one.get(list, key) as MemberRow | undefined;
    return row && memberOf(row);
  }

  /** @param of the deliveries that count; all without it */
  count(list: string, of: readonly Delivery[] = deliveries): number {
    return (this.#count.get(list, JSON.stringify(of)) as { n: number }).n;
  }

  /**
   * At most 1,000 members in the order of their keys.
   * @param after the last key of the page before; "" for the first page
   * @param of the deliveries that are wanted; all without it
   */
  page(
    list: string,
    after: string,
    of: readonly Delivery[] = deliveries,
  ): Member[] {
    const rows = this.#page.all(list, after, JSON.stringify(of));
    return (rows as MemberRow[]).map(memberOf);
  }

  /** All members, a page at a time. Others may write meanwhile. */
  *all(
    list: string,
    of: readonly Delivery[] = deliveries,
  ): Generator<Member[]> {
    for (let after = ""; ; ) {
      const page = this.page(list, after, of);
      if (page.length > 0) yield page;
      if (page.length < PAGE) return;
      after = page.at(-1)?.key ?? "";
    }
  }

  /** The addresses alone as bytes, an address a line; a page at a time, without an object for each. */
  *addresses(list: string, delivery: Delivery): Generator<Buffer> {
    let isLong = false;
    try {
      for (let after = ""; ; ) {
        const [last, lines, count] = this.#addresses.get(
          list,
          after,
          delivery,
        ) as [key: string, lines: Buffer, count: number];
        if (count > 0) yield lines;
        if (count < PAGE) return;
        after = last;
        if (isLong) continue;
        isLong = true;
        // What is read once through needs no cache.
        this.#db.pragma(`cache_size = ${SMALL_CACHE}`);
      }
    } finally {
      if (isLong) this.#db.pragma(`cache_size = ${CACHE}`);
    }
  }
}

function memberOf(row: MemberRow): Member {
  return {
    key: row.key,
    address: row.address,
    name: row.name,
    delivery: row.delivery as Delivery,
    ownCopy: row.own_copy === null ? undefined : row.own_copy !== 0,
    joined: row.joined,
  };
}
