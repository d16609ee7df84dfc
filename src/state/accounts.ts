/**
 * What runners of this host have counted of their hooks (tally.ts), summed up and forgotten.
 */
import type { Database } from "./sqlite.ts";
import { LOWEST, middleOf, type Outcome, outcomes } from "./tally.ts";

/** What is known of a hook. */
export interface Account {
  readonly hook: string;
  readonly observed: boolean;
  readonly runs: number;
  readonly counts: Readonly<Record<Outcome, number>>;
  /** Milliseconds, within a fifth. */
  readonly median: number;
  /** Milliseconds. */
  readonly worst: number;
}

/**
 * What is known of each hook, by path, what was observed apart from what was acted on.
 * @param list only its runs
 */
export function accounts(db: Database, list?: string): Account[] {
  const rows = db
    .prepare(
      `SELECT hook, observed, verdict, bucket, sum(runs) AS runs, max(worst) AS worst
       FROM hook_runs WHERE ? IS NULL OR list = ?
       GROUP BY hook, observed, verdict, bucket ORDER BY hook, observed, bucket`,
    )
    .all(list ?? null, list ?? null) as Row[];
  return [
    ...Map.groupBy(rows, ({ hook, observed }) => `${hook} ${observed}`),
  ].flatMap(([, group]) => accountOf(group) ?? []);
}

interface Row {
  readonly hook: string;
  readonly observed: number;
  readonly verdict: string;
  readonly bucket: number;
  readonly runs: number;
  readonly worst: number;
}

/** @param rows of one hook, the quickest first */
function accountOf(rows: readonly Row[]): Account | undefined {
  const [first] = rows;
  if (!first) return undefined;
  const counts = Object.fromEntries(
    outcomes.map((outcome) => [
      outcome,
      sum(rows.filter(({ verdict }) => verdict === outcome)),
    ]),
  ) as Record<Outcome, number>;
  const runs = sum(rows);
  const worst = Math.max(...rows.map((row) => row.worst));
  let below = 0;
  const middle = rows.find((row) => {
    below += row.runs;
    return below * 2 >= runs;
  });
  return {
    hook: first.hook,
    observed: first.observed === 1,
    runs,
    counts,
    median: Math.min(middleOf(middle?.bucket ?? LOWEST), worst),
    worst,
  };
}

function sum(rows: readonly Row[]): number {
  return rows.reduce((total, { runs }) => total + runs, 0);
}

/**
 * Forgets what was counted.
 * @param observed what was observed, or what was acted on
 * @param list only its runs
 * @returns how many runs
 */
export function forget(db: Database, observed: boolean, list?: string): number {
  const where = "WHERE observed = ? AND (? IS NULL OR list = ?)";
  const given = [Number(observed), list ?? null, list ?? null];
  return db
    .transaction(() => {
      const total = db
        .prepare(`SELECT coalesce(sum(runs), 0) FROM hook_runs ${where}`)
        .pluck()
        .get(...given) as number;
      db.prepare(`DELETE FROM hook_runs ${where}`).run(...given);
      return total;
    })
    .immediate();
}
