/**
 * Addresses that get nothing, of a list or of the whole site (list ""). Adding and removing are
 * idempotent. They are read in pages, so that a million cost no more memory than a thousand.
 */
import {
  chunks,
  inserting,
  knownIn,
  PAGE,
  packed,
  prepared,
} from "./prepared.ts";
import type { SuppressedRow } from "./rows.ts";
import type { Queries, Store } from "./store.ts";

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

type Added = "added" | "changed" | "present";

const key = ["list", "key"];

export class Suppressed {
  readonly #store: Store;
  readonly #compiled: ReturnType<typeof compiled>;

  constructor(store: Store) {
    this.#store = store;
    this.#compiled = compiled(store);
  }

  /** Adds all or none. @returns of each whether it is new, and whether it has a new reason */
  add(all: readonly Suppression[]): Promise<Added[]> {
    return this.#store.alone("suppressed", async (queries) => {
      const results: Added[] = [];
      for (const some of chunks(all))
        results.push(...(await this.#put(queries, some)));
      return results;
    });
  }

  /** Whether a list, "" for the site, has one of some keys. */
  async has(list: string, keys: readonly string[]): Promise<boolean> {
    const query = this.#compiled.known({ list, keys: packed(keys) });
    return (await this.#store.queries.executeQuery(query)).rows.length > 0;
  }

  /** Why a list, "" for the site, has a key; undefined where it has not. */
  async reasonOf(list: string, key: string): Promise<string | undefined> {
    const query = this.#compiled.known({ list, keys: packed([key]) });
    return (await this.#store.queries.executeQuery(query)).rows[0]?.reason;
  }

  async #put(queries: Queries, some: readonly Suppression[]): Promise<Added[]> {
    const known = new Map<string, string>();
    for (const [list, ofList] of Map.groupBy(some, ({ list }) => list)) {
      const keys = packed(ofList.map(({ key }) => key));
      const query = this.#compiled.known({ list, keys });
      for (const row of (await queries.executeQuery(query)).rows)
        known.set(nameOf({ list, key: row.key }), row.reason);
    }
    const written = new Map<string, SuppressedRow>();
    const results = some.map((one): Added => {
      const name = nameOf(one);
      const old = known.get(name);
      if (old !== undefined && (old === one.reason || one.reason === ""))
        return "present";
      known.set(name, one.reason);
      written.set(name, one);
      return old === undefined ? "added" : "changed";
    });
    if (written.size > 0)
      await queries.executeQuery(this.#compiled.write([...written.values()]));
    return results;
  }

  /** True where it was there. */
  async remove(list: string, key: string): Promise<boolean> {
    const query = this.#compiled.remove({ list, key });
    const { numAffectedRows = 0n } =
      await this.#store.queries.executeQuery(query);
    return numAffectedRows > 0n;
  }

  /** All of a list, or of every list and the site; in order, a page at a time. */
  async *all(list?: string): AsyncGenerator<Suppression[]> {
    let [inList, after] = [list ?? "", ""];
    const last = list ?? "\u{10ffff}";
    for (;;) {
      const query = this.#compiled.page({ inList, after, last });
      const page = (await this.#store.queries.executeQuery(query)).rows;
      if (page.length > 0) yield page;
      const end = page.at(-1);
      if (!end || page.length < PAGE) return;
      [inList, after] = [end.list, end.key];
    }
  }

  /** Forgets all of a list. @param queries the transaction in which it happens */
  async clear(queries: Queries, list: string): Promise<void> {
    await queries.executeQuery(this.#compiled.clear({ list }));
  }

  /** The keys of a list, a page at a time. */
  async *keys(list: string): AsyncGenerator<string[]> {
    for (let after = ""; ; ) {
      const query = this.#compiled.keys({ list, after });
      const { rows } = await this.#store.queries.executeQuery(query);
      const page = rows.map(({ key }) => key);
      if (page.length > 0) yield page;
      if (page.length < PAGE) return;
      after = page.at(-1) ?? "";
    }
  }
}

function nameOf({ list, key }: { list: string; key: string }): string {
  return `${list} ${key}`;
}

function compiled(store: Store) {
  const { queries } = store;
  return {
    known: knownIn(store, "suppressed"),
    write: inserting(
      store,
      "suppressed",
      [...key, "address", "reason", "since"],
      key,
      ["reason"],
    ),
    remove: prepared(({ list, key }: { list: string; key: string }) =>
      queries
        .deleteFrom("suppressed")
        .where("list", "=", list)
        .where("key", "=", key),
    ),
    clear: prepared(({ list }: { list: string }) =>
      queries.deleteFrom("suppressed").where("list", "=", list),
    ),
    page: prepared((given: { inList: string; after: string; last: string }) =>
      queries
        .selectFrom("suppressed")
        .selectAll()
        .where(({ eb, refTuple, tuple }) =>
          eb(refTuple("list", "key"), ">", tuple(given.inList, given.after)),
        )
        .where("list", "<=", given.last)
        .orderBy("list")
        .orderBy("key")
        .limit(PAGE),
    ),
    keys: prepared(({ list, after }: { list: string; after: string }) =>
      queries
        .selectFrom("suppressed")
        .select("key")
        .where("list", "=", list)
        .where("key", ">", after)
        .orderBy("key")
        .limit(PAGE),
    ),
  };
}
