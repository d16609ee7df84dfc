/**
 * Numbers of addresses that are too long to stand in a return path. Each spelling has one, for
 * ever, and it is on disk before anybody is told it. The table is that of this host: on another
 * the same number is another address, or none.
 */
import { hashOf } from "../base/hash.ts";
import type { Database, State, Statement } from "./db.ts";

export class Numbers {
  readonly #db: Database;
  readonly #get: Statement;
  readonly #put: Statement;
  readonly #address: Statement;

  constructor({ db }: State) {
    this.#db = db;
    this.#get = db
      .prepare("SELECT number FROM numbers WHERE hash = ? AND address = ?")
      .pluck();
    this.#put = db.prepare("INSERT INTO numbers (hash, address) VALUES (?, ?)");
    this.#address = db
      .prepare("SELECT address FROM numbers WHERE number = ?")
      .pluck();
  }

  /**
   * The numbers of addresses, in their order, from 1; made where they have none, in one transaction.
   * @param addresses well-formed, a thousand at a time
   */
  of(addresses: readonly string[]): number[] {
    const known = this.#db.transaction(() => addresses.map(this.#numberOf))();
    if (known.every((number) => number !== undefined)) return known;
    return this.#db
      .transaction(() =>
        addresses.map(
          (address) => this.#numberOf(address) ?? this.#make(address),
        ),
      )
      .immediate();
  }

  /** Whose number it is; undefined where it was never given out here. */
  addressOf(number: number): string | undefined {
    return this.#address.get(number) as string | undefined;
  }

  readonly #numberOf = (address: string): number | undefined =>
    this.#get.get(hashOf(address), address) as number | undefined;

  #make(address: string): number {
    return Number(this.#put.run(hashOf(address), address).lastInsertRowid);
  }
}
