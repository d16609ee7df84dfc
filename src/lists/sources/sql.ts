/**
 * Recipients from a database: the first column of a query. `:list`, `:local`, `:domain` and
 * `:sender` are bound, never pasted into the SQL. SQLite so far.
 */
import { firstColumn } from "../../state/query.ts";
import type { SourceSettings } from "../schema/sources.ts";
import {
  oneAddress,
  pathIn,
  placeholder,
  type SourceContext,
  sourceFailure,
} from "./context.ts";

/** All addresses of the query. Throws a Failure (try later) where not all rows could be read. */
export async function* sqlRecipients(
  settings: SourceSettings<"sql">,
  context: SourceContext,
): AsyncGenerator<string> {
  const path = pathIn(context, settings.url.slice("sqlite:".length));
  try {
    const names = ["list", "local", "domain", "sender"];
    const values = names.map((n) => [n, placeholder(context, n) ?? ""]);
    const rows = firstColumn(path, settings.query, Object.fromEntries(values));
    for (const value of rows)
      if (value !== null) yield* oneAddress(String(value), context);
  } catch (error) {
    throw sourceFailure("[sql]", error);
  }
}

/** Whether a query finds a row. Throws a Failure (try later) where that is not known. */
export async function sqlFinds(
  settings: SourceSettings<"sql">,
  query: string,
  context: SourceContext,
): Promise<boolean> {
  for await (const _ of sqlRecipients({ ...settings, query }, context))
    return true;
  return false;
}
