/** How many recipients a list had when its last post was let through by that number. */
import { prepared } from "./prepared.ts";
import type { SizeRow } from "./rows.ts";
import type { Queries, Store } from "./store.ts";

export class Sizes {
  readonly #queries: Queries;
  readonly #compiled: ReturnType<typeof compiled>;

  constructor({ queries }: Store) {
    this.#queries = queries;
    this.#compiled = compiled(queries);
  }

  /** Forgets that of a list. @param queries the transaction in which it happens */
  async clear(queries: Queries, list: string): Promise<void> {
    await queries.executeQuery(this.#compiled.clear({ list }));
  }

  /** @returns undefined where it was never used */
  async get(list: string): Promise<number | undefined> {
    const query = this.#compiled.get({ list });
    return (await this.#queries.executeQuery(query)).rows[0]?.size;
  }

  /** Nothing is written where it is the same. @param now milliseconds since 1970 */
  async put(list: string, size: number, now: number): Promise<void> {
    if ((await this.get(list)) === size) return;
    const query = this.#compiled.put({ list, size, since: now });
    await this.#queries.executeQuery(query);
  }
}

function compiled(queries: Queries) {
  type Of = { list: string };
  return {
    get: prepared(({ list }: Of) =>
      queries.selectFrom("sizes").select("size").where("list", "=", list),
    ),
    put: prepared(({ list, size, since }: SizeRow) =>
      queries
        .insertInto("sizes")
        .values({ list, size, since })
        .onConflict((conflict) =>
          conflict.column("list").doUpdateSet({ size, since }),
        ),
    ),
    clear: prepared(({ list }: Of) =>
      queries.deleteFrom("sizes").where("list", "=", list),
    ),
  };
}
