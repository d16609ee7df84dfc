/**
 * The queries that members.ts asks: those of one statement for both databases, and the one that
 * differs. Pure.
 */
import type { Delivery } from "./member.ts";
import { prepared, preparedRows } from "./prepared.ts";
import { type MemberRow, type Queries, type Store, sql } from "./store.ts";

/** Rows a page. */
export const PAGE = 1000;

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

/** The queries of the table of members, each compiled once. */
export function memberQueries(queries: Queries) {
  type Some = Four & { readonly list: string };
  const some = ({ list, a, b, c, d }: Some) =>
    queries
      .selectFrom("members")
      .where("list", "=", list)
      .where("delivery", "in", [a, b, c, d]);
  return {
    known: preparedRows((rows: readonly { list: string; key: string }[]) =>
      queries
        .selectFrom("members")
        .selectAll()
        .where("list", "=", rows[0]?.list ?? "")
        .where(
          "key",
          "in",
          rows.map(({ key }) => key),
        ),
    ),
    write: preparedRows((rows: readonly MemberRow[]) =>
      queries
        .insertInto("members")
        .values(
          rows.map(
            ({ list, key, address, name, delivery, own_copy, joined }) => ({
              list,
              key,
              address,
              name,
              delivery,
              own_copy,
              joined,
            }),
          ),
        )
        .onConflict((conflict) =>
          conflict.columns(["list", "key"]).doUpdateSet((excluded) => ({
            address: excluded.ref("excluded.address"),
            name: excluded.ref("excluded.name"),
            delivery: excluded.ref("excluded.delivery"),
            own_copy: excluded.ref("excluded.own_copy"),
          })),
        ),
    ),
    any: prepared(() => queries.selectFrom("members").select("key").limit(1)),
    clear: prepared(({ list }: { list: string }) =>
      queries.deleteFrom("members").where("list", "=", list),
    ),
    remove: prepared(({ list, key }: { list: string; key: string }) =>
      queries
        .deleteFrom("members")
        .where("list", "=", list)
        .where("key", "=", key),
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

/** A page as one value: a million strings would cost more than all the rest. */
export function addressPages({ kind, queries }: Store) {
  const lines = {
    sqlite: sql<Buffer>`CAST(group_concat(address, char(10)) || char(10) AS BLOB)`,
    postgres: sql<string>`string_agg(address, chr(10) ORDER BY key) || chr(10)`,
  }[kind] as ReturnType<typeof sql<Buffer | string>>;
  return prepared((given: { list: string; after: string; delivery: string }) =>
    queries
      .selectFrom(
        queries
          .selectFrom("members")
          .select(["key", "address"])
          .where("list", "=", given.list)
          .where("key", ">", given.after)
          .where("delivery", "=", given.delivery)
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
