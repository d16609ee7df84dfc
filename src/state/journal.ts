/**
 * What happened to the members of lists: who did it, when, and by which message. Entries are only
 * ever added, in the transaction of what they tell; they go with their list.
 */
import { hashOf } from "../base/hash.ts";
import type { Actor } from "./actor.ts";
import { chunks, inserting, PAGE, prepared } from "./prepared.ts";
import type { JournalRow } from "./rows.ts";
import type { Queries, Store } from "./store.ts";

/** One that happened. */
export interface Happening {
  /** What two spellings of the address have in common; "": the whole list. */
  readonly key: string;
  readonly address: string;
  /** joined, left, changed, suspended, resumed, role, renamed, restored */
  readonly what: string;
  /** More of it, on one line. */
  readonly detail: string;
}

export interface Entry extends Happening, Actor {
  readonly id: number;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export class Journal {
  readonly #store: Store;
  readonly #compiled: ReturnType<typeof compiled>;

  constructor(store: Store) {
    this.#store = store;
    this.#compiled = compiled(store);
  }

  /** Notes what happened to members of a list. @param queries the transaction in which it does */
  async write(
    queries: Queries,
    list: string,
    happened: readonly Happening[],
    now: number,
    { by, who, messageId }: Actor,
  ): Promise<void> {
    const same = { list, at: now, by, who, message_id: messageId ?? "" };
    for (const some of chunks(happened)) {
      const rows = some.map((one) => ({ ...one, hash: hashOf(one.key) }));
      await queries.executeQuery(this.#compiled.write(rows, same));
    }
  }

  /**
   * The entries of a list, oldest first, a page at a time.
   * @param key of one member; all without it
   */
  async *all(list: string, key?: string): AsyncGenerator<Entry[]> {
    const { page, pageOf } = this.#compiled;
    for (let after = 0; ; ) {
      const query =
        key === undefined
          ? page({ list, after })
          : pageOf({ list, hash: hashOf(key), key, after });
      const { rows } = await this.#store.queries.executeQuery(query);
      if (rows.length > 0) yield rows.map(entryOf);
      if (rows.length < PAGE) return;
      after = rows.at(-1)?.id ?? after;
    }
  }

  /**
   * Has these entries and no others for a list, as they come.
   * @param queries the transaction in which it happens
   */
  async replace(
    queries: Queries,
    list: string,
    entries: AsyncIterable<Omit<Entry, "id">>,
  ): Promise<void> {
    await this.clear(queries, list);
    let some: object[] = [];
    const write = async () => {
      if (some.length > 0)
        await queries.executeQuery(this.#compiled.restore(some, { list }));
      some = [];
    };
    for await (const { messageId, ...entry } of entries) {
      const hash = hashOf(entry.key);
      some.push({ ...entry, hash, message_id: messageId ?? "" });
      if (some.length >= PAGE) await write();
    }
    await write();
  }

  /** The ids of a list's first entry and of its last; none where nothing has happened. */
  async span(
    list: string,
    queries: Queries = this.#store.queries,
  ): Promise<{ readonly first: number; readonly last: number } | undefined> {
    const { rows } = await queries.executeQuery(this.#compiled.span({ list }));
    const [row] = rows;
    return row?.first == null || row.last == null
      ? undefined
      : { first: Number(row.first), last: Number(row.last) };
  }

  /**
   * The number of the last entry of a list; while it has none, of the last change that its members show.
   * Whoever has read it sees all changes of members up to it, and none that he does not see gets it or one
   * below: so what other lists do meanwhile must not raise it.
   */
  async last(
    list: string,
    queries: Queries = this.#store.queries,
  ): Promise<number> {
    const { last, shown } = this.#compiled;
    const own = (await queries.executeQuery(last({ list }))).rows[0];
    if (own) return Number(own.id);
    const { rows } = await queries.executeQuery(shown({ list }));
    return Number(rows[0]?.last ?? 0);
  }

  /**
   * A number above all that `last` has given for a list, and none above the next entry.
   * @param queries the transaction in which the members of the list are changed, alone
   */
  async next(queries: Queries, list: string): Promise<number> {
    const top = (await queries.executeQuery(this.#compiled.top({}))).rows[0];
    const last = await this.last(list, queries);
    return Math.max(last, Number(top?.last ?? 0)) + 1;
  }

  /** Forgets all of a list. @param queries the transaction in which it happens */
  async clear(queries: Queries, list: string): Promise<void> {
    await queries.executeQuery(this.#compiled.clear({ list }));
  }
}

function entryOf(row: JournalRow): Entry {
  return {
    id: row.id,
    key: row.key,
    address: row.address,
    at: row.at,
    what: row.what,
    by: row.by as Actor["by"],
    who: row.who,
    messageId: row.message_id === "" ? undefined : row.message_id,
    detail: row.detail,
  };
}

function compiled(store: Store) {
  const { queries } = store;
  type Of = { readonly list: string };
  const page = (given: Of & { after: number }) =>
    queries
      .selectFrom("journal")
      .selectAll()
      .where("list", "=", given.list)
      .where("id", ">", given.after)
      .orderBy("id")
      .limit(PAGE);
  return {
    write: inserting(
      store,
      "journal",
      "hash key address what detail".split(" "),
      undefined,
      [],
      "list at by who message_id".split(" "),
    ),
    restore: inserting(
      store,
      "journal",
      "hash key address what detail at by who message_id".split(" "),
      undefined,
      [],
      ["list"],
    ),
    page: prepared(page),
    pageOf: prepared(
      (given: Of & { hash: number; key: string; after: number }) =>
        page(given).where("hash", "=", given.hash).where("key", "=", given.key),
    ),
    span: prepared(({ list }: Of) =>
      queries
        .selectFrom("journal")
        .select(({ fn }) => [fn.min("id").as("first"), fn.max("id").as("last")])
        .where("list", "=", list),
    ),
    last: prepared(({ list }: Of) =>
      queries
        .selectFrom("journal")
        .select("id")
        .where("list", "=", list)
        .orderBy("id", "desc")
        .limit(1),
    ),
    shown: prepared(({ list }: Of) =>
      queries
        .selectFrom("members")
        .select(({ fn }) => fn.max("delivery_since").as("last"))
        .where("list", "=", list),
    ),
    top: prepared(() =>
      queries.selectFrom("journal").select(({ fn }) => fn.max("id").as("last")),
    ),
    clear: prepared(({ list }: Of) =>
      queries.deleteFrom("journal").where("list", "=", list),
    ),
  };
}
