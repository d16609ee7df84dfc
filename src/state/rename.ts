/**
 * A list's rows under another address: all tables that have them, in one transaction. Done again it
 * finds nothing to do; what came to both names meanwhile is kept as the new one has it.
 */
import type { Actor } from "./actor.ts";
import type { Journal } from "./journal.ts";
import { type Queries, type Store, sql } from "./store.ts";

/** The tables, and what tells the rows of a list apart; undefined: no two are the same. */
const tables: Readonly<Record<string, readonly string[] | undefined>> = {
  members: ["key"],
  roles: ["key", "role"],
  suppressed: ["key"],
  sizes: [],
  journal: undefined,
  bounces: undefined,
  bounce_days: ["scope", "day"],
  probes: ["key"],
};

/** What is counted of a list as such: the key is its address. */
const ofList = ["post", "flood", "asked-for", "question", "quiet", "complaint"];
/** What is counted of something else in it: its address, a blank, and that. */
const inList = ["author", "counted", "echo", "bounce-day", "bounce-told"];

/** @param now milliseconds since 1970 */
export function renameList(
  store: Store,
  journal: Journal,
  { from, to }: { readonly from: string; readonly to: string },
  now: number,
  actor: Actor,
): Promise<void> {
  const names = [from, to].map((list) => `members ${list}`);
  return store.alone(names, async (queries) => {
    if (from === to) return;
    let moved = 0n;
    for (const [table, key] of Object.entries(tables))
      moved += await move(queries, table, key, from, to);
    await moveWindows(queries, from, to);
    if (moved === 0n) return;
    const detail = `${from} > ${to}`;
    const happened = { key: "", address: "", what: "renamed", detail };
    await journal.write(queries, to, [happened], now, actor);
  });
}

/** @returns how many rows there were */
async function move(
  queries: Queries,
  table: string,
  key: readonly string[] | undefined,
  from: string,
  to: string,
): Promise<bigint> {
  let rows = 0n;
  const run = async (statement: ReturnType<typeof sql>) => {
    rows += (await statement.execute(queries)).numAffectedRows ?? 0n;
  };
  const its = sql.table(table);
  if (key) {
    const same = ["list", ...key].map((column) => {
      const ref = sql.ref(column);
      return sql`there.${ref} = ${column === "list" ? to : sql`${its}.${ref}`}`;
    });
    await run(
      sql`DELETE FROM ${its} WHERE list = ${from} AND EXISTS
        (SELECT 1 FROM ${its} AS there WHERE ${sql.join(same, sql` AND `)})`,
    );
  }
  await run(sql`UPDATE ${its} SET list = ${to} WHERE list = ${from}`);
  return rows;
}

/** Counts in windows go on under the new name. */
async function moveWindows(
  queries: Queries,
  from: string,
  to: string,
): Promise<void> {
  const rest = sql`substr(key, length(${from}) + 1)`;
  const its = sql`kind IN (${sql.join(ofList)}) AND key = ${from}
    OR kind IN (${sql.join(inList)}) AND substr(key, 1, length(${from}) + 1) = ${`${from} `}`;
  await sql`INSERT INTO windows (kind, key, event, at, kept)
    SELECT kind, ${to} || ${rest}, event, at, kept FROM windows WHERE ${its}
    ON CONFLICT DO NOTHING`.execute(queries);
  await sql`DELETE FROM windows WHERE ${its}`.execute(queries);
}
