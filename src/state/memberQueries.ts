/**
 * The queries that members.ts asks: those of one statement for both databases, and the one that
 * differs. Pure.
 */
import type { Delivery } from "./member.ts";
import { written } from "./memberRow.ts";
import { inserting, knownIn, PAGE, prepared } from "./prepared.ts";
import { type Store, sql } from "./store.ts";

const key = ["list", "key"];

interface Four {
  readonly a: string;
  readonly b: string;
  readonly c: string;
  readonly d: string;
}

/** Any of the deliveries as four values, so that one statement does for all. */
export function fourOf(of: readonly Delivery[]): Four {
  const [a = "", b = a, c = a, d = a] = of;
  return { a, b, c, d };
}

/** Whom away and suspended leave over. */
export interface Reach {
  /** Those who are away no longer than until then. */
  readonly away: number;
  /** Those who are suspended since then at the latest; 0: those who are not. */
  readonly suspended: number;
}

/** Whoever there is. */
export const everybody: Reach = {
  away: Number.MAX_SAFE_INTEGER,
  suspended: Number.MAX_SAFE_INTEGER,
};

/** Those who get mail at a moment. */
export function reachedAt(now: number): Reach {
  return { away: now, suspended: 0 };
}

/** The queries of the table of members, each compiled once. */
export function memberQueries(store: Store) {
  const { queries } = store;
  type Of = { readonly list: string };
  type Some = Of & Four & Reach;
  const some = ({ list, a, b, c, d, away, suspended }: Some) =>
    queries
      .selectFrom("members")
      .where("list", "=", list)
      .where("delivery", "in", [a, b, c, d])
      .where("away", "<=", away)
      .where("suspended", "<=", suspended);
  return {
    one: prepared((given: Of & { key: string }) =>
      queries
        .selectFrom("members")
        .selectAll()
        .where("list", "=", given.list)
        .where("key", "=", given.key),
    ),
    known: knownIn(store, "members"),
    write: inserting(store, "members", [...key, ...written], key, written),
    any: prepared(() => queries.selectFrom("members").select("key").limit(1)),
    clear: prepared(({ list }: Of) =>
      queries.deleteFrom("members").where("list", "=", list),
    ),
    remove: prepared(({ list, key }: Of & { key: string }) =>
      queries
        .deleteFrom("members")
        .where("list", "=", list)
        .where("key", "=", key)
        .returning("address"),
    ),
    count: prepared((given: Some) =>
      some(given).select(({ fn }) => fn.countAll<number>().as("n")),
    ),
    page: prepared((given: Some & { after: string }) =>
      some(given)
        .selectAll()
        .where("key", ">", given.after)
        .orderBy("key")
        .limit(PAGE),
    ),
  };
}

/** Those who have or had some delivery, and whose delivery has changed since. */
export interface Switched {
  /** A number of the journal. */
  readonly since: number;
  /** What stands in its name: "digest-". */
  readonly like: string;
}

/** Pages of those whose delivery has changed. */
export function changedPages({ queries }: Store) {
  type Given = { list: string; after: string } & Switched & Reach;
  return prepared((given: Given) =>
    queries
      .selectFrom("members")
      .selectAll()
      .where("list", "=", given.list)
      .where("key", ">", given.after)
      .where("delivery_since", ">", given.since)
      .where(
        sql<boolean>`deliveries || ' ' || delivery LIKE '%' || ${given.like} || '%'`,
      )
      .where("away", "<=", given.away)
      .where("suspended", "<=", given.suspended)
      .orderBy("key")
      .limit(PAGE),
  );
}

/** A page as one value: a million strings would cost more than all the rest. */
export function addressPages({ kind, queries }: Store) {
  const lines = {
    sqlite: sql<Buffer>`CAST(group_concat(address, char(10)) || char(10) AS BLOB)`,
    postgres: sql<string>`string_agg(address, chr(10) ORDER BY key) || chr(10)`,
  }[kind] as ReturnType<typeof sql<Buffer | string>>;
  type Given = {
    list: string;
    after: string;
    delivery: string;
    until: number;
  } & Reach;
  return prepared((given: Given) =>
    queries
      .selectFrom(
        queries
          .selectFrom("members")
          .select(["key", "address"])
          .where("list", "=", given.list)
          .where("key", ">", given.after)
          .where("delivery", "=", given.delivery)
          .where("delivery_since", "<=", given.until)
          .where("away", "<=", given.away)
          .where("suspended", "<=", given.suspended)
          .orderBy("key")
          .limit(PAGE)
          .as("page"),
      )
      .select(({ fn }) => [
        fn.max("key").as("last"),
        lines.as("lines"),
        fn.countAll<number>().as("count"),
      ]),
  );
}
