/**
 * A state in PostgreSQL, which many hosts serve: some connections, made anew after a failure. What
 * fails is told as a Failure (try later), for mail waits until the server is back; no password stands
 * in it. The only importer of pgpass.
 */
// @ts-expect-error it has no types
import pgpass from "pgpass";
import { variable } from "../base/environment.ts";
import { errnoOf, exit, Failure, messageOf } from "../base/errors.ts";
import { pg } from "./pg.ts";
import { whole } from "./prepared.ts";

/** A database server as the settings name it. */
export interface Server {
  /** A name, an IP address, or the path of a socket (for PostgreSQL of its folder). */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  /** Undefined where the settings name none. */
  readonly password: string | undefined;
  /** Whose certificates (PEM) are trusted; undefined: no TLS. */
  readonly tls: { readonly ca: string | string[] } | undefined;
  /** Milliseconds for each wait. */
  readonly timeout: number;
}

/** Connections of a process. */
const CONNECTIONS = 10;
/** Milliseconds after which a connection that nobody uses is closed. */
const IDLE = 60_000;
/** The type int8: what it holds here is below 2 to the power of 53. */
const INT8 = 20;

interface Client {
  query(
    text: string,
    values: readonly unknown[],
  ): Promise<{ rows: never[]; rowCount: number; command: "SELECT" }>;
  release(destroy?: boolean): void;
}

/** Connections to one database, in the form that Kysely takes. */
export class Pool {
  /** The URL, without a password. */
  readonly where: string;
  readonly options = {};
  readonly #pool: pg.Pool;

  /** @param server asked again for the password of each connection */
  constructor(server: () => Server) {
    const now = server();
    const { host, port, user, database, tls, timeout } = now;
    this.where = urlOf(now);
    this.#pool = new pg.Pool({
      host,
      port,
      user,
      database,
      password: () => passwordOf(server()) as Promise<string>,
      ssl: tls ? { ca: tls.ca, rejectUnauthorized: true } : false,
      max: CONNECTIONS,
      connectionTimeoutMillis: timeout,
      query_timeout: timeout,
      idleTimeoutMillis: IDLE,
      // Connections that idle keep no command from ending.
      allowExitOnIdle: true,
      keepAlive: true,
      application_name: "listmill",
      types: {
        getTypeParser: ((oid: number, format: "text") =>
          oid === INT8
            ? Number
            : pg.types.getTypeParser(
                oid,
                format,
              )) as typeof pg.types.getTypeParser,
      },
    });
    // Connections may be lost at any time: the next query makes new ones.
    this.#pool.on("error", () => {});
    this.#pool.on("connect", (client) => client.on("error", () => {}));
  }

  async connect(): Promise<Client> {
    const client = await this.#asked(() => this.#pool.connect());
    let lost = false;
    return {
      query: (text, values) =>
        this.#asked(async () => {
          try {
            return (await client.query(text, values.map(fit))) as never;
          } catch (error) {
            // What is no answer of the server may come yet, and must not be taken for the next one.
            lost ||= !isAnswer(error);
            throw error;
          }
        }),
      release: (destroy = false) => client.release(destroy || lost),
    };
  }

  /** Runs one statement. @returns its rows */
  async rows(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<unknown[]> {
    const client = await this.connect();
    try {
      return (await client.query(text, values)).rows;
    } finally {
      client.release();
    }
  }

  end(): Promise<void> {
    return this.#pool.end();
  }

  async #asked<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw new Failure(
        exit.tryLater,
        `[state] ${this.where}: ${messageOf(error)}`,
        { cause: error },
      );
    }
  }
}

/** The URL of a server, without a password. */
export function urlOf({ host, port, user, database }: Server): string {
  const encoded = host.includes(":") ? `[${host}]` : encodeURIComponent(host);
  return `postgres://${encodeURIComponent(user)}@${encoded}:${port}/${encodeURIComponent(database)}`;
}

/** Of password_file, else of PGPASSWORD, else of PGPASSFILE or ~/.pgpass, as psql has it. */
function passwordOf(server: Server): Promise<string | undefined> {
  const named = server.password ?? variable("PGPASSWORD");
  if (named !== undefined) return Promise.resolve(named);
  return new Promise((done) => pgpass(server, done));
}

function isAnswer(error: unknown): boolean {
  // Of class 57P the server ends the connection. Codes of the system look like its own: EPIPE.
  const code = errnoOf(error) ?? "";
  return /^(?!57P)[0-9A-Z]{5}$/.test(code) && !/^E[A-Z]{4}$/.test(code);
}

function fit(value: unknown): unknown {
  return typeof value === "string" ? whole(value) : value;
}
