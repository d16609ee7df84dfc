/**
 * Numbers of addresses that are too long to stand in a return path. Each spelling has one, for
 * ever, and it is on disk before anybody is told it. The table is that of a state: in another one
 * the same number is another address, or none.
 */
import { hashOf } from "../base/hash.ts";
import { chunks, inserting, oneOf, packed, prepared } from "./prepared.ts";
import type { Queries, Store } from "./store.ts";

export class Numbers {
  readonly #store: Store;
  readonly #compiled: ReturnType<typeof compiled>;

  constructor(store: Store) {
    this.#store = store;
    this.#compiled = compiled(store);
  }

  /**
   * The numbers of addresses, in their order, from 1; made where they have none, in one transaction.
   * @param addresses well-formed, a thousand at a time
   */
  async of(addresses: readonly string[]): Promise<number[]> {
    const distinct = [...new Set(addresses)];
    let known = await this.#known(this.#store.queries, distinct);
    if (known.size < distinct.length)
      known = await this.#store.alone("numbers", async (queries) => {
        const there = await this.#known(queries, distinct);
        const missing = distinct.filter((address) => !there.has(address));
        const rows = missing.map((one) => ({
          hash: hashOf(one),
          address: one,
        }));
        for (const some of chunks(rows))
          await queries.executeQuery(this.#compiled.make(some));
        return this.#known(queries, distinct);
      });
    return addresses.map((address) => {
      const number = known.get(address);
      if (number === undefined) throw new Error(`${address} got no number`);
      return number;
    });
  }

  /** Whose number it is; undefined where it was never given out here. */
  async addressOf(number: number): Promise<string | undefined> {
    const query = this.#compiled.address({ number });
    return (await this.#store.queries.executeQuery(query)).rows[0]?.address;
  }

  /** The numbers that some of them have. */
  async #known(
    queries: Queries,
    addresses: readonly string[],
  ): Promise<Map<string, number>> {
    const wanted = new Set(addresses);
    const found = new Map<string, number>();
    for (const some of chunks(addresses)) {
      const hashes = packed(some.map(hashOf));
      const query = this.#compiled.known({ hashes });
      const { rows } = await queries.executeQuery(query);
      for (const { address, number } of rows)
        if (wanted.has(address)) found.set(address, number);
    }
    return found;
  }
}

function compiled(store: Store) {
  const { queries } = store;
  return {
    known: prepared(({ hashes }: { hashes: string }) =>
      queries
        .selectFrom("numbers")
        .select(["number", "address"])
        .where(oneOf(store, "hash", hashes)),
    ),
    make: inserting(store, "numbers", ["hash", "address"]),
    address: prepared(({ number }: { number: number }) =>
      queries
        .selectFrom("numbers")
        .select("address")
        .where("number", "=", number),
    ),
  };
}
