/**
 * Rows of MySQL or MariaDB, in a read-only transaction and as they are asked for, so that memory stays
 * flat. Parameters go to the server apart from the statement. An answer that breaks off throws. The
 * only importer of mysql2.
 */
import { connect, isIP } from "node:net";
import { type Connection, createConnection } from "mysql2";
import { exit, Failure } from "../../../base/errors.ts";
import type { Server } from "../../../state/postgres.ts";
import { type Patience, patience } from "./patience.ts";
import { wholeAnswer } from "./server.ts";
import { mysql, noSelect, type Statement, translated } from "./statement.ts";

/** Rows that lie ready at most. */
const READY = 1000;

/**
 * The first column of each row, null where there is no value, some at a time. All rows come or it throws.
 * @param standsFor what a `:name` of the query stands for
 */
export async function* mysqlRows(
  server: Server,
  query: string,
  standsFor: (name: string) => string | undefined,
): AsyncGenerator<readonly unknown[]> {
  const { host, port, user, password = "", database, tls, timeout } = server;
  // The package would compare the certificate with "localhost".
  if (tls && isIP(host))
    throw new Failure(
      exit.tryLater,
      "[sql] with tls the url needs the server's name, not its IP address",
    );
  const ears = patience(timeout);
  const local = host.startsWith("/");
  const socket = local ? connect(host) : connect(port, host);
  socket.setNoDelay(true);
  const connection = createConnection({
    ...(local ? { socketPath: host } : { host, port }),
    stream: () => socket,
    user,
    password,
    database,
    ...(tls && {
      ssl: {
        ca: tls.ca,
        rejectUnauthorized: true,
        verifyIdentity: true,
      },
    }),
    // Each wait has its limit here.
    connectTimeout: 0,
    charset: "utf8mb4",
    rowsAsArray: true,
    // No code is made out of the names of columns.
    disableEval: true,
  });
  connection.on("error", ears.lost);
  try {
    const mode = await begun(connection, ears, timeout);
    const statement = translated(query, mysql(mode), standsFor);
    yield* rowsOf(connection, ears, statement);
    await ears.wait(new Promise((done) => connection.end(done))).catch(() => {
      /* the socket goes anyway */
    });
  } finally {
    socket.destroy();
  }
}

/** Connects and begins. @returns the session's sql_mode */
async function begun(
  connection: Connection,
  { wait }: Patience,
  timeout: number,
): Promise<string> {
  const ask = (sql: string) =>
    wait(
      new Promise<unknown>((resolve, reject) => {
        connection.query(sql, (error, rows) =>
          error ? reject(error) : resolve(rows),
        );
      }),
    );
  await wait(
    new Promise<void>((resolve, reject) => {
      connection.connect((error) => (error ? reject(error) : resolve()));
    }),
  );
  const [[version = "", mode = ""] = []] = (await ask(
    "SELECT VERSION(), @@SESSION.sql_mode",
  )) as string[][];
  const most = wholeAnswer(timeout);
  await ask(
    /mariadb/i.test(version)
      ? `SET SESSION max_statement_time = ${most / 1000}`
      : `SET SESSION max_execution_time = ${most}`,
  );
  // Of the session too: what changes a table ends the transaction first.
  await ask("SET SESSION TRANSACTION READ ONLY");
  await ask("START TRANSACTION READ ONLY");
  return mode;
}

async function* rowsOf(
  connection: Connection,
  { wait, lost }: Patience,
  { text, values }: Statement,
): AsyncGenerator<readonly unknown[]> {
  const command = connection.execute({ sql: text, values: [...values] });
  let columns = 0;
  command.on("fields", (fields: unknown) => {
    columns = Array.isArray(fields) ? fields.length : 0;
  });
  const stream = command.stream({ highWaterMark: READY });
  let wake = () => {};
  stream.on("readable", () => wake());
  stream.on("end", () => wake());
  // The package ends a stream that failed like one that is through; the reason is told first.
  stream.on("error", lost);
  for (;;) {
    const found: unknown[] = [];
    for (let row = stream.read(); row !== null; row = stream.read()) {
      if (columns === 0) throw noSelect();
      found.push(row[0]);
    }
    if (found.length > 0) yield found;
    else if (stream.readableEnded) return;
    else
      await wait(
        new Promise<void>((resolve) => {
          wake = resolve;
        }),
      );
  }
}
