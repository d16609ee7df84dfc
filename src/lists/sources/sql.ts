/**
 * Recipients from a database: the first column of a query. `:list`, `:local`, `:domain` and
 * `:sender` are bound, never pasted into the SQL. SQLite so far.
 */
import { firstColumn } from "../../state/query.ts";
import type { ListSettings } from "../schema.ts";
import {
  oneAddress,
  pathIn,
  placeholders,
  type SourceContext,
  sourceFailure,
} from "./context.ts";

/** All addresses of the query. Throws a Failure (try later) where not all rows could be read. */
export async function* sqlRecipients(
  settings: NonNullable<ListSettings["sql"]>,
  context: SourceContext,
): AsyncGenerator<string> {
  const path = pathIn(context, settings.url.slice("sqlite:".length));
  try {
    const rows = firstColumn(path, settings.query, placeholders(context));
    for (const value of rows)
      if (value !== null) yield* oneAddress(String(value), context);
  } catch (error) {
    throw sourceFailure("[sql]", error);
  }
}
