/**
 * Recipients from a database: the first column of a query. `:list`, `:sender` and the others are bound
 * parameters, never pasted into the SQL. Nothing is ever written.
 */
import { breath } from "../../base/breath.ts";
import { firstColumn } from "../../state/query.ts";
import type { SourceSettings } from "../schema/sources.ts";
import {
  type Addresses,
  oneAddress,
  pathIn,
  placeholder,
  type SourceContext,
  sourceFailure,
} from "./context.ts";
import { serverOf } from "./sql/server.ts";
import { sqlite, translated } from "./sql/statement.ts";

/** Rows of SQLite a page. */
const PAGE = 1000;

type SqlSettings = SourceSettings<"sql">;

/** All addresses of the query. Throws a Failure (try later) where not all rows could be read. */
export async function* sqlRecipients(
  settings: SqlSettings,
  context: SourceContext,
): AsyncGenerator<Addresses> {
  let without = 0;
  for await (const values of rowsOf(settings, settings.query, context)) {
    const found: string[] = [];
    for (const value of values)
      if (value === null) without += 1;
      else found.push(...oneAddress(String(value), context));
    yield found;
  }
  if (without > 0)
    context.note(
      `[sql] rows without an address (NULL) were passed over: ${without}`,
    );
}

/** Whether a query finds a row. Throws a Failure (try later) where that is not known. */
export async function sqlFinds(
  settings: SqlSettings,
  query: string,
  context: SourceContext,
): Promise<boolean> {
  for await (const values of rowsOf(settings, query, context))
    if (values.length > 0) return true;
  return false;
}

/** The first column of each row, some at a time. */
async function* rowsOf(
  settings: SqlSettings,
  query: string,
  context: SourceContext,
): AsyncGenerator<readonly unknown[]> {
  const standsFor = (name: string) => placeholder(context, name);
  const place = { home: context.home, section: "sql" };
  try {
    // Read where they are needed: the packages take a quarter of a second and 20 MB.
    switch (settings.url.split(":", 1)[0]) {
      case "postgres":
      case "postgresql": {
        const { postgresRows } = await import("./sql/postgres.ts");
        return yield* postgresRows(
          serverOf(settings, place, 5432),
          query,
          standsFor,
        );
      }
      case "mysql":
      case "mariadb": {
        const { mysqlRows } = await import("./sql/mysql.ts");
        return yield* mysqlRows(
          serverOf(settings, place, 3306),
          query,
          standsFor,
        );
      }
      default:
        return yield* sqliteRows(settings, query, context, standsFor);
    }
  } catch (error) {
    throw sourceFailure(`[sql] ${settings.url}`, error);
  }
}

/** Between pages other work goes on; while SQLite looks for the next row there is none. */
async function* sqliteRows(
  settings: SqlSettings,
  query: string,
  context: SourceContext,
  standsFor: (name: string) => string | undefined,
): AsyncGenerator<readonly unknown[]> {
  const path = pathIn(context, settings.url.slice("sqlite:".length));
  const { text, names, values } = translated(query, sqlite, standsFor);
  const bound = names.map((name, i) => [name, values[i] ?? ""]);
  let page: unknown[] = [];
  for (const value of firstColumn(path, text, Object.fromEntries(bound)))
    if (page.push(value) >= PAGE) {
      yield page;
      page = [];
      await breath();
    }
  yield page;
}
