/**
 * Queries that are compiled once, and get their values each time they are run. Many rows are one
 * value, as JSON: so one statement does for any number of them, and thousands of parameters, which
 * cost a server more than the rows, need not be. Pure.
 */
import type { Tables } from "./rows.ts";
import {
  type Compilable,
  type CompiledQuery,
  type Store,
  sql,
} from "./store.ts";

type Values = Readonly<Record<string, unknown>>;

/** @param build makes the query of placeholders, which look like the values */
export function prepared<P extends object, R>(
  build: (given: P) => Compilable<R>,
): (given: P) => CompiledQuery<R> {
  const marks = new Map<unknown, string>();
  const placeholders = new Proxy({} as P, {
    get(_, name) {
      // No value is a symbol, and none is looked into.
      const mark = Symbol(String(name));
      marks.set(mark, String(name));
      return mark;
    },
  });
  const query = build(placeholders).compile();
  const names = query.parameters.map((mark) => marks.get(mark));
  return (given) => ({
    ...query,
    parameters: query.parameters.map((value, at) => {
      const name = names[at];
      return name === undefined ? value : (given as Values)[name];
    }),
  });
}

/** Rows that one statement takes. */
export const PAGE = 1000;

/** All of them in their order, some at a time. */
export function* chunks<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += PAGE) yield all.slice(at, at + PAGE);
}

/** Columns of PostgreSQL that hold no text. */
const types: Readonly<Record<string, string>> = {
  own_copy: "smallint",
  duplicates: "smallint",
  acknowledge: "smallint",
  away: "bigint",
  suspended: "bigint",
  joined: "bigint",
  delivery_since: "bigint",
  since: "bigint",
  size: "bigint",
  number: "bigint",
  hash: "bigint",
  id: "bigint",
  at: "bigint",
  kept: "bigint",
  day: "bigint",
  n: "bigint",
  halted: "bigint",
  sent: "bigint",
  last: "bigint",
  failed: "bigint",
  back: "bigint",
};

/**
 * The statement that inserts rows.
 * @param replaced columns that are changed where there is a row of that key already
 * @param key what rows are told apart by; undefined: there is none such yet
 * @param shared columns that have one value in all rows of a run
 * @param change what else is done where there is a row of that key already
 */
export function inserting<T extends keyof Tables>(
  { kind, queries }: Store,
  table: T,
  columns: readonly string[],
  key?: readonly string[],
  replaced: readonly string[] = [],
  shared: readonly string[] = [],
  change?: ReturnType<typeof sql>,
): (rows: readonly object[], values?: object) => CompiledQuery<unknown> {
  const typed = (cell: ReturnType<typeof sql>, column: string) =>
    kind === "sqlite"
      ? cell
      : sql`(${cell})::${sql.raw(types[column] ?? "text")}`;
  const cells = columns.map((column, at) =>
    typed(sql`value ->> ${sql.lit(at)}`, column),
  );
  const changes = replaced.map(
    (column) => sql`${sql.ref(column)} = ${sql.ref(`excluded.${column}`)}`,
  );
  if (change) changes.push(change);
  const conflict = key
    ? sql`ON CONFLICT (${sql.join(key.map((one) => sql.ref(one)))}) DO UPDATE SET ${sql.join(changes)}`
    : sql``;
  const all = [...columns, ...shared].map((column) => sql.ref(column));
  const statement = prepared((given: Values & { rows: string }) => ({
    compile: () => {
      const same = shared.map((name) => typed(sql`${given[name]}`, name));
      const values = sql.join([...cells, ...same]);
      // Without WHERE, SQLite would take ON for a part of the join.
      return sql`INSERT INTO ${sql.table(table)} (${sql.join(all)}) SELECT ${values} FROM ${
        kind === "sqlite"
          ? sql`json_each(${given.rows})`
          : sql`json_array_elements(${given.rows}::json) AS given (value)`
      } WHERE true ${conflict}`.compile(queries);
    },
  }));
  return (rows, values) =>
    statement({
      ...values,
      rows: packed(
        rows.map((row) => columns.map((column) => (row as Values)[column])),
      ),
    });
}

/** Whether a column has one of some values. @param values a placeholder for what `packed` gives */
export function oneOf({ kind }: Store, column: string, values: string) {
  const type = sql.raw(types[column] ?? "text");
  return kind === "sqlite"
    ? sql<boolean>`${sql.ref(column)} IN (SELECT value FROM json_each(${values}))`
    : sql<boolean>`${sql.ref(column)} IN (SELECT json_array_elements_text(${values}::json)::${type})`;
}

/**
 * The statement that reads the rows of a list that have one of some keys, as `packed` gives them. A server
 * that has not counted the list's rows takes them for few and would read all of them: so it is made to
 * look up key by key.
 */
export function knownIn<T extends "members" | "suppressed" | "bounces">(
  { kind, queries }: Store,
  table: T,
): (given: {
  readonly list: string;
  readonly keys: string;
}) => CompiledQuery<Tables[T]> {
  const rows = sql`SELECT * FROM ${sql.table(table)}`;
  return prepared(({ list, keys }: { list: string; keys: string }) => ({
    compile: () =>
      (kind === "sqlite"
        ? sql<
            Tables[T]
          >`${rows} WHERE list = ${list} AND key IN (SELECT value FROM json_each(${keys}))`
        : sql<Tables[T]>`SELECT one.* FROM
            (SELECT DISTINCT json_array_elements_text(${keys}::json) AS key) AS given
            CROSS JOIN LATERAL (${rows} WHERE list = ${list} AND key = given.key OFFSET 0) AS one`
      ).compile(queries),
  }));
}

/** Many values as one. No text of PostgreSQL holds a NUL or half a character. */
export function packed(values: readonly unknown[]): string {
  return JSON.stringify(values, (_, value) =>
    typeof value === "string" ? whole(value) : value,
  );
}

/** Text that a database can hold: none would be equal to what it cannot. */
export function whole(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\ufffd");
}
