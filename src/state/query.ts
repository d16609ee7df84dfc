/**
 * Rows of a database that others own, read as they are asked for: memory stays flat for millions.
 * Nothing is ever written. While the rows are read, a writer of a database that is not in
 * write-ahead mode waits.
 */
import { exit, Failure, messageOf } from "../base/errors.ts";
import { isDatabaseError, openForeign } from "./sqlite.ts";

/**
 * The first column of each row.
 * @param path an SQLite file
 * @param sql one statement that reads; `:name` is bound to the parameter of that name
 * Throws a Failure (try later): no file, no database, locked, bad SQL. All rows come or it throws.
 */
export function* firstColumn(
  path: string,
  sql: string,
  parameters: Readonly<Record<string, string>>,
): Generator<unknown> {
  const db = openForeign(path);
  try {
    const query = db.prepare(sql);
    if (!query.reader || !query.readonly)
      throw new Failure(exit.tryLater, `${path}: the query must be a SELECT`);
    yield* query.pluck().iterate(parameters);
  } catch (error) {
    // better-sqlite3 complains of more than one statement, or of names without a value, like this
    const ofQuery = error instanceof RangeError || error instanceof TypeError;
    if (!isDatabaseError(error) && !ofQuery) throw error;
    throw new Failure(exit.tryLater, `${path}: ${messageOf(error)}`, {
      cause: error,
    });
  } finally {
    db.close();
  }
}
