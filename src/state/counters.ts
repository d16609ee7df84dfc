/**
 * The numbers that a state gives out, each once for ever: those of addresses, of the journal's entries and
 * of bounces. A copy of a state goes on where the other one was.
 */
import { type Queries, type Store, sql } from "./store.ts";

/** Tables with numbers of their own, and the column that they stand in. */
const counted = { numbers: "number", journal: "id", bounces: "id" } as const;

/** The highest number of each table that was ever given out. */
export type Last = Readonly<Record<keyof typeof counted, number>>;

const names = Object.keys(counted) as (keyof Last)[];

export async function lastNumbers(
  { kind }: Store,
  queries: Queries,
): Promise<Last> {
  const found = { numbers: 0, journal: 0, bounces: 0 };
  for (const name of names) {
    const last = {
      sqlite: sql<{
        n: number;
      }>`SELECT seq AS n FROM sqlite_sequence WHERE name = ${name}`,
      postgres: sql<{
        n: number;
      }>`SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS n FROM ${sql.table(sequenceOf(name))}`,
    }[kind];
    found[name] = (await last.execute(queries)).rows[0]?.n ?? 0;
  }
  return found;
}

/** Sees to it that numbers up to these are not given out again. */
export async function startAfter(
  { kind }: Store,
  queries: Queries,
  last: Last,
): Promise<void> {
  for (const name of names) {
    if (last[name] === 0) continue;
    if (kind === "postgres")
      await sql`SELECT setval(${sequenceOf(name)}, ${last[name]})`.execute(
        queries,
      );
    else {
      await sql`DELETE FROM sqlite_sequence WHERE name = ${name}`.execute(
        queries,
      );
      await sql`INSERT INTO sqlite_sequence VALUES (${name}, ${last[name]})`.execute(
        queries,
      );
    }
  }
}

/** PostgreSQL's own name for it. */
function sequenceOf(name: keyof Last): string {
  return `${name}_${counted[name]}_seq`;
}
