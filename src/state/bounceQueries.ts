/** The queries of bounces.ts, compiled once. Pure. */
import { inserting, knownIn, PAGE, prepared } from "./prepared.ts";
import { type Store, sql } from "./store.ts";

export type BounceQueries = ReturnType<typeof bounceQueries>;

type Of = { readonly list: string };

export function bounceQueries(store: Store) {
  const { queries } = store;
  const since = ({ list, since }: Of & { since: number }) =>
    queries
      .selectFrom("bounces")
      .where("list", "=", list)
      .where("at", ">=", since);
  return {
    write: inserting(
      store,
      "bounces",
      "list hash key address at day post kind trust reason status detail source report".split(
        " ",
      ),
    ),
    about: knownIn(store, "bounces"),
    bySource: prepared(({ hash, source }: { hash: number; source: string }) =>
      queries
        .selectFrom("bounces")
        .selectAll()
        .where("hash", "=", hash)
        .where("source", "=", source),
    ),
    keys: prepared((given: Of & { after: string; since: number }) =>
      since(given)
        .select("key")
        .distinct()
        .where("key", ">", given.after)
        .orderBy("key")
        .limit(PAGE),
    ),
    lists: prepared(({ hash, key }: { hash: number; key: string }) =>
      queries
        .selectFrom("bounces")
        .select("list")
        .distinct()
        .where("hash", "=", hash)
        .where("key", "=", key)
        .orderBy("list"),
    ),
    sums: prepared(({ list, from, to }: Of & { from: number; to: number }) =>
      since({ list, since: from })
        .select(({ fn }) => ["kind", fn.countAll<number>().as("n")])
        .where("at", "<", to)
        .groupBy("kind"),
    ),
    others: prepared(({ from, to }: { from: number; to: number }) =>
      queries
        .selectFrom("bounces")
        .selectAll()
        .where("kind", "=", sql.lit("other"))
        .where("at", ">=", from)
        .where("at", "<", to)
        .orderBy("id")
        .limit(PAGE),
    ),
    close: prepared(({ list, key }: Of & { key: string }) =>
      queries
        .updateTable("bounces")
        .set({ trust: sql.lit("past") })
        .where("list", "=", list)
        .where("key", "=", key),
    ),
    forget: prepared(({ list, key }: Of & { key: string }) =>
      queries
        .deleteFrom("bounces")
        .where("list", "=", list)
        .where("key", "=", key),
    ),
    sweep: prepared(({ list, before }: Of & { before: number }) =>
      queries
        .deleteFrom("bounces")
        .where("list", "=", list)
        .where("at", "<", before),
    ),
    clear: prepared(({ list }: Of) =>
      queries.deleteFrom("bounces").where("list", "=", list),
    ),
  };
}
