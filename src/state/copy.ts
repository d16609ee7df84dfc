/**
 * All tables of one state into another, empty one: in one transaction, so that a copy that breaks off
 * leaves nothing behind and can be begun anew. What others write meanwhile is not copied.
 */
import { exit, Failure } from "../base/errors.ts";
import { lastNumbers, startAfter } from "./counters.ts";
import { written } from "./memberRow.ts";
import { inserting, PAGE } from "./prepared.ts";
import type { Tables } from "./rows.ts";
import { type Queries, type Store, sql } from "./store.ts";

type Row = Readonly<Record<string, unknown>>;

interface Shape {
  /** What rows are ordered by, and told apart. */
  readonly key: readonly string[];
  readonly columns: readonly string[];
}

const shapes: Readonly<Record<keyof Tables, Shape>> = {
  members: {
    key: ["list", "key"],
    columns: ["list", "key", ...written],
  },
  suppressed: {
    key: ["list", "key"],
    columns: "list key address reason since".split(" "),
  },
  sizes: { key: ["list"], columns: ["list", "size", "since"] },
  numbers: { key: ["number"], columns: ["number", "hash", "address"] },
  roles: {
    key: ["list", "key", "role"],
    columns: "list key role address since".split(" "),
  },
  journal: {
    key: ["id"],
    columns: "id list hash key address at what by who message_id detail".split(
      " ",
    ),
  },
  outbox: {
    key: ["event_id"],
    columns:
      "event_id list at event by who cause message_id detail guard".split(" "),
  },
  windows: {
    key: ["kind", "key", "event"],
    columns: "kind key event at kept".split(" "),
  },
  bounces: {
    key: ["id"],
    columns:
      "id list hash key address at day post kind trust reason status detail source report".split(
        " ",
      ),
  },
  bounce_days: {
    key: ["list", "scope", "day"],
    columns: "list scope day n halted".split(" "),
  },
  probes: {
    key: ["list", "key"],
    columns:
      "list key address reason since sent last failed back ended source".split(
        " ",
      ),
  },
};

export type Counts = Readonly<Record<keyof Tables, number>>;

/** The names of all tables. */
export const tables = Object.keys(shapes) as (keyof Tables)[];

/** How many rows each table has. */
export async function rowsOf(queries: Queries): Promise<Counts> {
  const counts: Partial<Record<keyof Tables, number>> = {};
  for (const name of tables) {
    const query = queries
      .selectFrom(name)
      .select(({ fn }) => fn.countAll<number>().as("n"));
    counts[name] = (await query.executeTakeFirst())?.n ?? 0;
  }
  return counts as Counts;
}

/**
 * Copies all rows.
 * @param tell called with the number of rows that were copied since the last time
 * @returns how many there were. Throws a Failure where the other state has rows already.
 */
export async function copyTables(
  from: Store,
  to: Store,
  tell: (rows: number) => void,
): Promise<Counts> {
  const counts = await from.snapshot((source) =>
    to.alone("copy", async (target) => {
      const there = await rowsOf(target);
      const full = tables.filter((name) => there[name] > 0);
      if (full.length > 0)
        throw new Failure(
          exit.cannotCreate,
          `${to.where}: has rows already, of ${full.join(", ")}: nothing was copied; only an empty one is copied into`,
        );
      for (const name of tables) {
        const insert = inserting(to, name, shapes[name].columns);
        for await (const page of pages(name, source)) {
          await target.executeQuery(insert(page));
          tell(page.length);
        }
      }
      await startAfter(to, target, await lastNumbers(from, source));
      return rowsOf(target);
    }),
  );
  for (const name of tables) await to.lookAt(name);
  return counts;
}

/** The rows of a table in the order of their keys. */
async function* pages(
  name: keyof Tables,
  queries: Queries,
): AsyncGenerator<readonly Row[]> {
  const { key, columns } = shapes[name];
  const select = (given: Row | undefined) => {
    const refs = sql.join(key.map((column) => sql.ref(column)));
    const after = given && sql.join(key.map((column) => given[column]));
    const where = after ? sql`WHERE (${refs}) > (${after})` : sql``;
    const wanted = sql.join(columns.map((column) => sql.ref(column)));
    return sql<Row>`SELECT ${wanted} FROM ${sql.table(name)} ${where} ORDER BY ${refs} LIMIT ${sql.lit(PAGE)}`;
  };
  let last: Row | undefined;
  do {
    const { rows } = await select(last).execute(queries);
    if (rows.length > 0) yield rows;
    last = rows.length < PAGE ? undefined : rows.at(-1);
  } while (last);
}
