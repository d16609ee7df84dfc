/**
 * How many of a list were new on a day: of its members, of those of a domain, of a post; and which days
 * count for nothing.
 */
import { chunks, inserting, oneOf, packed, prepared } from "./prepared.ts";
import type { BounceDayRow } from "./rows.ts";
import { type Queries, type Store, sql } from "./store.ts";

/** How many came on a day. */
export interface Count {
  /** "": members of the list; `@domain`: those of a domain; else a post. */
  readonly scope: string;
  readonly day: number;
  readonly n: number;
  /** Since when the day does not count, milliseconds since 1970; 0: it does. */
  readonly halted: number;
}

export class BounceDays {
  readonly #store: Store;
  readonly #compiled: ReturnType<typeof compiled>;

  constructor(store: Store) {
    this.#store = store;
    this.#compiled = compiled(store);
  }

  /** Adds to counts. @param queries the transaction in which it happens */
  async add(
    queries: Queries,
    list: string,
    some: readonly Pick<Count, "scope" | "day" | "n">[],
  ): Promise<void> {
    const rows = some.map((one) => ({ ...one, list, halted: 0 }));
    for (const page of chunks(rows))
      await queries.executeQuery(this.#compiled.add(page));
  }

  /** The counts of some scopes from a day on. */
  async counts(
    list: string,
    scopes: readonly string[],
    day: number,
  ): Promise<Count[]> {
    const query = this.#compiled.counts({ list, scopes: packed(scopes), day });
    const { rows } = await this.#store.queries.executeQuery(query);
    return rows.map(countOf);
  }

  /** A day counts for nothing. @param now milliseconds since 1970 */
  async halt(
    list: string,
    scope: string,
    day: number,
    now: number,
  ): Promise<void> {
    const query = this.#compiled.halt({ list, scope, day, now });
    await this.#store.queries.executeQuery<unknown>(query);
  }

  /** Forgets what was before a day. */
  async sweep(list: string, day: number): Promise<void> {
    const query = this.#compiled.sweep({ list, day });
    await this.#store.queries.executeQuery<unknown>(query);
  }

  /** Forgets all of a list. @param queries the transaction in which it happens */
  async clear(queries: Queries, list: string): Promise<void> {
    await queries.executeQuery<unknown>(this.#compiled.clear({ list }));
  }
}

function countOf({ scope, day, n, halted }: BounceDayRow): Count {
  return { scope, day, n, halted };
}

function compiled(store: Store) {
  const { queries } = store;
  type Of = { readonly list: string };
  return {
    add: inserting(
      store,
      "bounce_days",
      "list scope day n halted".split(" "),
      ["list", "scope", "day"],
      [],
      [],
      sql`n = bounce_days.n + excluded.n`,
    ),
    counts: prepared(
      ({ list, scopes, day }: Of & { scopes: string; day: number }) =>
        queries
          .selectFrom("bounce_days")
          .selectAll()
          .where("list", "=", list)
          .where(oneOf(store, "scope", scopes))
          .where("day", ">=", day),
    ),
    halt: prepared((given: Of & { scope: string; day: number; now: number }) =>
      queries
        .updateTable("bounce_days")
        .set({ halted: given.now })
        .where("list", "=", given.list)
        .where("scope", "=", given.scope)
        .where("day", "=", given.day)
        .where("halted", "=", sql.lit(0)),
    ),
    sweep: prepared(({ list, day }: Of & { day: number }) =>
      queries
        .deleteFrom("bounce_days")
        .where("list", "=", list)
        .where("day", "<", day),
    ),
    clear: prepared(({ list }: Of) =>
      queries.deleteFrom("bounce_days").where("list", "=", list),
    ),
  };
}
