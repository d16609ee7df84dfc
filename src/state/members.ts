/**
 * Who is a member of what: one row a member and list, ordered by key, read in pages so that a
 * million members cost no more memory than a thousand. Adding and removing are idempotent.
 */
import {
  type Added,
  type Delivery,
  deliveries,
  type Joining,
  type Member,
} from "./member.ts";
import { addressPages, fourOf, memberQueries } from "./memberQueries.ts";
import { chunks, PAGE, packed } from "./prepared.ts";
import type { MemberRow, Queries, Store } from "./store.ts";

/** Kilobytes, with the minus that SQLite wants; the usual size and one for reading. */
const CACHE = -16_000;
const SMALL_CACHE = -1000;

export class Members {
  readonly #store: Store;
  readonly #compiled: ReturnType<typeof memberQueries>;
  readonly #addresses: ReturnType<typeof addressPages>;

  constructor(store: Store) {
    this.#store = store;
    this.#compiled = memberQueries(store);
    this.#addresses = addressPages(store);
  }

  /** Adds a member or changes one. @param now milliseconds since 1970 */
  async add(list: string, joining: Joining, now: number): Promise<Added> {
    const [added = "present"] = await this.addAll(list, [joining], now);
    return added;
  }

  /** Adds many in one transaction: all or none. The results are in the same order. */
  addAll(
    list: string,
    joining: readonly Joining[],
    now: number,
  ): Promise<Added[]> {
    return this.#store.alone(`members ${list}`, async (queries) => {
      const results: Added[] = [];
      for (const some of chunks(joining))
        results.push(...(await this.#put(queries, list, some, now)));
      return results;
    });
  }

  async #put(
    queries: Queries,
    list: string,
    some: readonly Joining[],
    now: number,
  ): Promise<Added[]> {
    const keys = packed(some.map(({ key }) => key));
    const query = this.#compiled.known({ list, keys });
    const { rows } = await queries.executeQuery(query);
    const known = new Map(rows.map((row) => [row.key, row]));
    const written = new Map<string, MemberRow>();
    const results = some.map((one): Added => {
      const old = known.get(one.key);
      const row = rowOf(list, one, old, now);
      if (old !== undefined && isSame(old, row)) return "present";
      known.set(one.key, row);
      written.set(one.key, row);
      return old === undefined ? "added" : "changed";
    });
    if (written.size > 0)
      await queries.executeQuery(this.#compiled.write([...written.values()]));
    return results;
  }

  /** Removes all members of a list. */
  async clear(list: string): Promise<void> {
    await this.#run(this.#compiled.clear({ list }));
  }

  /** True where there was such a member. */
  async remove(list: string, key: string): Promise<boolean> {
    const { numAffectedRows = 0n } = await this.#run(
      this.#compiled.remove({ list, key }),
    );
    return numAffectedRows > 0n;
  }

  async get(list: string, key: string): Promise<Member | undefined> {
    const { rows } = await this.#run(this.#compiled.one({ list, key }));
    return rows[0] && memberOf(rows[0]);
  }

  /** @param of the deliveries that count; all without it */
  async count(
    list: string,
    of: readonly Delivery[] = deliveries,
  ): Promise<number> {
    const query = this.#compiled.count({ list, ...fourOf(of) });
    return Number((await this.#run(query)).rows[0]?.n ?? 0);
  }

  /** Whether no list has a member. */
  async isEmpty(): Promise<boolean> {
    return (await this.#run(this.#compiled.any({}))).rows.length === 0;
  }

  /**
   * At most 1,000 members in the order of their keys.
   * @param after the last key of the page before; "" for the first page
   * @param of the deliveries that are wanted; all without it
   */
  async page(
    list: string,
    after: string,
    of: readonly Delivery[] = deliveries,
  ): Promise<Member[]> {
    const query = this.#compiled.page({ list, after, ...fourOf(of) });
    return (await this.#run(query)).rows.map(memberOf);
  }

  /** All members, a page at a time. Others may write meanwhile. */
  async *all(
    list: string,
    of: readonly Delivery[] = deliveries,
  ): AsyncGenerator<Member[]> {
    for (let after = ""; ; ) {
      const page = await this.page(list, after, of);
      if (page.length > 0) yield page;
      if (page.length < PAGE) return;
      after = page.at(-1)?.key ?? "";
    }
  }

  /**
   * The addresses alone as bytes, an address a line; a page at a time, without an object for each. The
   * bytes are the caller's, who may release them.
   */
  async *addresses(list: string, delivery: Delivery): AsyncGenerator<Buffer> {
    let isLong = false;
    try {
      for (let after = ""; ; ) {
        const query = this.#addresses({ list, after, delivery });
        const [page] = (await this.#run(query)).rows;
        if (!page || page.count === 0) return;
        yield typeof page.lines === "string"
          ? ownBytes(page.lines)
          : page.lines;
        if (page.count < PAGE) return;
        after = page.last;
        if (isLong) continue;
        isLong = true;
        // What is read once through needs no cache.
        await this.#store.pragma(`cache_size = ${SMALL_CACHE}`);
      }
    } finally {
      if (isLong) await this.#store.pragma(`cache_size = ${CACHE}`);
    }
  }

  get #run() {
    const { queries } = this.#store;
    return queries.executeQuery.bind(queries);
  }
}

/** A buffer that shares its memory with no other one. */
function ownBytes(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}

function rowOf(
  list: string,
  one: Joining,
  old: MemberRow | undefined,
  now: number,
): MemberRow {
  return {
    list,
    key: one.key,
    address: one.address,
    name: one.name ?? old?.name ?? "",
    delivery: one.delivery ?? old?.delivery ?? "posts",
    own_copy:
      one.ownCopy === undefined ? (old?.own_copy ?? null) : Number(one.ownCopy),
    joined: old?.joined ?? now,
  };
}

function isSame(one: MemberRow, other: MemberRow): boolean {
  return (
    one.address === other.address &&
    one.name === other.name &&
    one.delivery === other.delivery &&
    one.own_copy === other.own_copy
  );
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
