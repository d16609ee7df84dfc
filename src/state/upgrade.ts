/**
 * The tables of a state in PostgreSQL, made and brought up to date: in one transaction, and by one
 * host at a time, so that several may start at once.
 */
import { errnoOf, exit, Failure } from "../base/errors.ts";
import type { Pool } from "./postgres.ts";

/** How many steps (migrations.ts) a database has taken; undefined where it has no table of ours. */
export async function serverVersion(pool: Pool): Promise<number | undefined> {
  try {
    const [row] = await pool.rows("SELECT version FROM listmill_version");
    return (row as { version: number } | undefined)?.version ?? 0;
  } catch (error) {
    const { cause } = error as Error;
    if (errnoOf(cause) === UNDEFINED_TABLE) return undefined;
    throw error;
  }
}

const UNDEFINED_TABLE = "42P01";

/**
 * Takes the steps that a database lacks, all or none.
 * @param mayBeNew whether tables are made where there are none
 * Throws a Failure: no tables, of a newer listmill, or it cannot be asked.
 */
export async function upgrade(
  pool: Pool,
  steps: readonly string[],
  mayBeNew: boolean,
): Promise<void> {
  const version = await serverVersion(pool);
  if (version === steps.length) return;
  // A wrong database, were its tables made unasked, would make every member a stranger.
  if (version === undefined && !mayBeNew)
    throw new Failure(
      exit.tryLater,
      `[state] ${pool.where}: this database has no tables of listmill yet; make them with listmill init, or copy a state into it with listmill state copy`,
    );
  const client = await pool.connect();
  const ask = async (text: string) => (await client.query(text, [])).rows;
  try {
    await ask("BEGIN; SET LOCAL idle_in_transaction_session_timeout = '60s'");
    await ask("SELECT pg_advisory_xact_lock(hashtextextended('listmill', 0))");
    await take(ask, steps, pool.where);
    await ask("COMMIT");
  } catch (error) {
    await ask("ROLLBACK").catch(() => {
      /* then the connection goes */
    });
    throw error;
  } finally {
    client.release();
  }
}

async function take(
  ask: (text: string) => Promise<unknown[]>,
  steps: readonly string[],
  where: string,
): Promise<void> {
  const [encoding] = await ask("SHOW server_encoding");
  if ((encoding as { server_encoding: string }).server_encoding !== "UTF8")
    throw new Failure(
      exit.config,
      `[state] ${where}: its encoding must be UTF8: createdb --encoding=UTF8 --template=template0`,
    );
  await ask(
    "CREATE TABLE IF NOT EXISTS listmill_version (version integer NOT NULL)",
  );
  // Asked again inside: another host may have done it meanwhile.
  const [row] = await ask("SELECT version FROM listmill_version");
  const from = (row as { version: number } | undefined)?.version ?? 0;
  if (from > steps.length)
    throw new Failure(
      exit.config,
      `[state] ${where}: made by a newer listmill (version ${from}, this one knows ${steps.length}): install the newer one, or name another database`,
    );
  for (const step of steps.slice(from)) await ask(step);
  await ask("DELETE FROM listmill_version");
  await ask(`INSERT INTO listmill_version VALUES (${steps.length})`);
}
