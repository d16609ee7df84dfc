/** The queries of bounces.ts, compiled once. Pure. */
import { inserting, knownIn, oneOf, PAGE, prepared } from "./prepared.ts";
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
    count: inserting(
      store,
      "bounce_days",
      "list scope day n halted".split(" "),
      ["list", "scope", "day"],
      [],
      [],
      sql`n = bounce_days.n + excluded.n`,
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
    sweepCounts: prepared(({ list, day }: Of & { day: number }) =>
      queries
        .deleteFrom("bounce_days")
        .where("list", "=", list)
        .where("day", "<", day),
    ),
    clear: prepared(({ list }: Of) =>
      queries.deleteFrom("bounces").where("list", "=", list),
    ),
    clearCounts: prepared(({ list }: Of) =>
      queries.deleteFrom("bounce_days").where("list", "=", list),
    ),
  };
}
