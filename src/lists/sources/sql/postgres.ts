/**
 * Rows of PostgreSQL, in a read-only transaction and through a cursor, so that memory stays flat.
 * An answer that breaks off throws. The only importer of pg-cursor.
 */
import { Socket } from "node:net";
import Cursor from "pg-cursor";
import { pg } from "../../../state/pg.ts";
import type { Server } from "../../../state/postgres.ts";
import { patience } from "./patience.ts";
import { wholeAnswer } from "./server.ts";
import { noSelect, postgres, translated } from "./statement.ts";

/** Rows a page. */
const PAGE = 1000;

/**
 * The first column of each row, as text or null, a page at a time. All rows come or it throws.
 * @param standsFor what a `:name` of the query stands for
 */
export async function* postgresRows(
  server: Server,
  query: string,
  standsFor: (name: string) => string | undefined,
): AsyncGenerator<readonly unknown[]> {
  const { text, values } = translated(query, postgres, standsFor);
  const { host, port, user, database, tls, timeout } = server;
  const { wait, lost } = patience(timeout);
  const socket = new Socket();
  const client = new pg.Client({
    host,
    port,
    user,
    database,
    // A function, for otherwise the environment and the home folder of the account are asked too.
    password: () => server.password ?? "",
    ssl: tls ? { ca: tls.ca, rejectUnauthorized: true } : false,
    stream: () => socket,
    application_name: "listmill",
  });
  client.on("error", lost);
  client.on("end", () => lost(new Error("the connection was lost")));
  let whole = true;
  let cursor: Cursor<unknown[]> | undefined;
  try {
    await wait(client.connect());
    // LOCAL, for poolers of connections may not know settings of a session.
    await wait(
      client.query(
        `BEGIN READ ONLY; SET LOCAL statement_timeout = ${wholeAnswer(timeout)}; SET LOCAL standard_conforming_strings = on`,
      ),
    );
    cursor = new Cursor<unknown[]>(text, values.map(fit), {
      rowMode: "array",
      types: { getTypeParser: () => (value: unknown) => value },
    });
    // A COPY: the package calls what its cursor has not, outside of any promise.
    const noRows = () => lost(noSelect());
    Object.assign(cursor, {
      handleCopyData: noRows,
      handleCopyInResponse: noRows,
    });
    client.query(cursor);
    for (;;) {
      const rows = await wait(page(cursor));
      if (rows.length === 0) break;
      yield rows.map(([first]) => first);
    }
  } catch (error) {
    whole = false;
    throw error;
  } finally {
    // What was had is whole: a goodbye that fails changes nothing.
    if (whole)
      await wait(goodbye(client, cursor)).catch(() => {
        /* the socket goes anyway */
      });
    socket.destroy();
  }
}

/** A page of rows, empty at the end. Throws where the statement has none at all. */
function page(cursor: Cursor<unknown[]>): Promise<unknown[][]> {
  return new Promise((resolve, reject) => {
    cursor.read(PAGE, (error, rows, result) => {
      if (error) reject(error);
      else if (result?.fields.length === 0) reject(noSelect());
      else resolve(rows);
    });
  });
}

async function goodbye(
  client: pg.Client,
  cursor: Cursor | undefined,
): Promise<void> {
  await cursor?.close();
  await client.query("ROLLBACK");
  await client.end();
}

/** No text of PostgreSQL holds a NUL: none would be equal to one that does. */
function fit(value: string): string {
  return value.replaceAll("\0", "\ufffd");
}
