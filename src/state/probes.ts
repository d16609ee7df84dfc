/**
 * Who gets no mail of a list because of bounces, and is written to on trial: how often, and how often
 * that has come back too.
 */
import { inserting, PAGE, prepared } from "./prepared.ts";
import type { ProbeRow } from "./rows.ts";
import type { Queries, Store } from "./store.ts";

export interface Probe {
  readonly key: string;
  readonly address: string;
  /** Why, in words. */
  readonly reason: string;
  /** Since when no mail goes there, milliseconds since 1970. */
  readonly since: number;
  /** How many were sent, */
  readonly sent: number;
  /** when the last one was, */
  readonly last: number;
  /** which one came back last, 0: none, */
  readonly failed: number;
  /** when that was, 0: never. */
  readonly back: number;
  /** What it came to, which goes after it was told. `undone`: the day counted for nothing. */
  readonly ended: "" | "restored" | "undone" | "removed";
  /** The entry that sent the last one, or ended it. */
  readonly source: string;
}

export class Probes {
  readonly #store: Store;
  readonly #compiled: ReturnType<typeof compiled>;

  constructor(store: Store) {
    this.#store = store;
    this.#compiled = compiled(store);
  }

  async get(list: string, key: string): Promise<Probe | undefined> {
    const query = this.#compiled.one({ list, key });
    const [row] = (await this.#store.queries.executeQuery(query)).rows;
    return row && probeOf(row);
  }

  /** Those of a list in the order of their keys, at most 1,000. @param after the last key before */
  async page(list: string, after: string): Promise<Probe[]> {
    const query = this.#compiled.page({ list, after });
    const { rows } = await this.#store.queries.executeQuery(query);
    return rows.map(probeOf);
  }

  /**
   * Puts one on trial who is not: of several at once one does.
   * @returns whether this one has, also where it has before
   */
  begin(list: string, probe: Probe): Promise<boolean> {
    return this.#store.alone(`bounces ${list}`, async (queries) => {
      const query = this.#compiled.one({ list, key: probe.key });
      const [there] = (await queries.executeQuery(query)).rows;
      if (there?.ended === "" && there.source !== probe.source) return false;
      const put = this.#compiled.put([{ list, ...probe }]);
      await queries.executeQuery<unknown>(put);
      return true;
    });
  }

  /**
   * Has what is known of one on trial change, where nobody else has changed it meanwhile.
   * @returns whether it has; also where the same source has done the same before
   */
  move(list: string, from: Probe, to: Probe): Promise<boolean> {
    return this.#store.alone(`bounces ${list}`, async (queries) => {
      const query = this.#compiled.one({ list, key: from.key });
      const [row] = (await queries.executeQuery(query)).rows;
      if (!row || row.sent !== from.sent || row.failed !== from.failed)
        return false;
      if (row.ended !== from.ended || row.source !== from.source) return false;
      const put = this.#compiled.put([{ list, ...to }]);
      await queries.executeQuery<unknown>(put);
      return true;
    });
  }

  /** All of a list, in the order of their keys. */
  async *all(list: string): AsyncGenerator<Probe> {
    for (let after = ""; ; ) {
      const page = await this.page(list, after);
      yield* page;
      if (page.length < PAGE) return;
      after = page.at(-1)?.key ?? after;
    }
  }

  /** The lists on which an address is on trial. */
  async lists(key: string): Promise<string[]> {
    const query = this.#compiled.lists({ key });
    const { rows } = await this.#store.queries.executeQuery(query);
    return rows.map(({ list }) => list);
  }

  async remove(list: string, key: string): Promise<boolean> {
    const query = this.#compiled.remove({ list, key });
    const { numAffectedRows = 0n } =
      await this.#store.queries.executeQuery(query);
    return numAffectedRows > 0n;
  }

  /** Forgets all of a list. @param queries the transaction in which it happens */
  async clear(queries: Queries, list: string): Promise<void> {
    await queries.executeQuery<unknown>(this.#compiled.clear({ list }));
  }
}

function probeOf({ list: _, ended, ...probe }: ProbeRow): Probe {
  return { ...probe, ended: ended as Probe["ended"] };
}

function compiled(store: Store) {
  const { queries } = store;
  type Of = { readonly list: string };
  type One = Of & { readonly key: string };
  const all = ({ list }: Of) =>
    queries.selectFrom("probes").selectAll().where("list", "=", list);
  const gone = ({ list }: Of) =>
    queries.deleteFrom("probes").where("list", "=", list);
  const columns =
    "address reason since sent last failed back ended source".split(" ");
  return {
    one: prepared((given: One) => all(given).where("key", "=", given.key)),
    page: prepared((given: Of & { after: string }) =>
      all(given).where("key", ">", given.after).orderBy("key").limit(PAGE),
    ),
    put: inserting(
      store,
      "probes",
      ["list", "key", ...columns],
      ["list", "key"],
      columns,
    ),
    lists: prepared(({ key }: { key: string }) =>
      queries
        .selectFrom("probes")
        .select("list")
        .where("key", "=", key)
        .orderBy("list"),
    ),
    remove: prepared((given: One) => gone(given).where("key", "=", given.key)),
    clear: prepared(gone),
  };
}
