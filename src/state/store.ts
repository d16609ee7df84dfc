/**
 * The database of a state, SQLite or PostgreSQL: the same queries for both. The only importer of
 * kysely.
 */
import {
  CompiledQuery,
  type DatabaseConnection,
  Kysely,
  PostgresDialect,
  type PostgresPool,
  type SqliteDatabase,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
  sql,
  type TransactionSettings,
} from "kysely";
import type { Local } from "./local.ts";
import type { Pool } from "./postgres.ts";
import type { Tables } from "./rows.ts";
import { type Database, versionOf } from "./sqlite.ts";
import { serverVersion } from "./upgrade.ts";

export type { Compilable, Generated } from "kysely";
export { type CompiledQuery, sql };

/** What queries are built with and run on: the database, or a transaction in it. */
export type Queries = Kysely<Tables>;

interface Parts {
  readonly kind: "sqlite" | "postgres";
  /** The file, or the URL without a password. */
  readonly where: string;
  readonly kysely: Kysely<Tables>;
  version(): Promise<number>;
  close(): Promise<void>;
}

export class Store {
  readonly kind: Parts["kind"];
  readonly where: string;
  readonly #kysely: Kysely<Tables>;
  /** How many steps (migrations.ts) it has taken. */
  readonly version: () => Promise<number>;
  readonly close: () => Promise<void>;

  private constructor({ kind, where, kysely, version, close }: Parts) {
    this.kind = kind;
    this.where = where;
    this.#kysely = kysely;
    this.version = version;
    this.close = close;
  }

  static ofFile({ db, path, close }: Local): Store {
    return new Store({
      kind: "sqlite",
      where: path,
      kysely: new Kysely({ dialect: new OneFile(db) }),
      version: async () => versionOf(db),
      close: async () => close(),
    });
  }

  static ofServer(pool: Pool): Store {
    return new Store({
      kind: "postgres",
      where: pool.where,
      kysely: new Kysely({
        dialect: new PostgresDialect({ pool: pool as unknown as PostgresPool }),
      }),
      version: async () => (await serverVersion(pool)) ?? 0,
      close: () => pool.end(),
    });
  }

  get queries(): Queries {
    return this.#kysely;
  }

  /**
   * Does work in a transaction: all or nothing of it. Of those with the same name, one is at work at
   * a time, over all hosts; in SQLite of all of them.
   * @param names one, or several
   */
  alone<T>(
    names: string | readonly string[],
    work: (queries: Queries) => Promise<T>,
  ): Promise<T> {
    return this.#kysely.transaction().execute(async (queries) => {
      // Always in one order, so that no two wait for each other.
      if (this.kind === "postgres")
        // A host that dies meanwhile gives way after this time, not after hours.
        for (const name of [names].flat().sort())
          await sql`SELECT set_config('idle_in_transaction_session_timeout', '60s', true),
            pg_advisory_xact_lock(hashtextextended(${name}, 0))`.execute(
            queries,
          );
      return work(queries);
    });
  }

  /** Reads the tables as they are at one moment, whatever others write meanwhile. */
  snapshot<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    const transaction = this.#kysely.transaction().setAccessMode("read only");
    return this.kind === "postgres"
      ? transaction.setIsolationLevel("repeatable read").execute(work)
      : transaction.execute(work);
  }

  /**
   * Has PostgreSQL look at a table that has grown much: it does so by itself within minutes, and until
   * then it would sort all rows for each page.
   */
  async lookAt(table: keyof Tables): Promise<void> {
    if (this.kind === "postgres")
      await sql`ANALYZE ${sql.table(table)}`.execute(this.#kysely);
  }

  /** Runs a statement that only SQLite knows; nothing in PostgreSQL. */
  async pragma(text: string): Promise<void> {
    if (this.kind !== "sqlite") return;
    await this.#kysely.executeQuery(CompiledQuery.raw(`PRAGMA ${text}`));
  }
}

/** SQLite with statements that are prepared once. */
class OneFile extends SqliteDialect {
  readonly #db: Database;
  readonly #config: SqliteDialectConfig;

  constructor(db: Database) {
    const known = new Map<string, ReturnType<Database["prepare"]>>();
    const prepare = (text: string) => {
      const statement = known.get(text) ?? db.prepare(text);
      known.set(text, statement);
      return statement;
    };
    const database = { prepare, close: () => db.close() };
    const config = { database: database as SqliteDatabase };
    super(config);
    this.#db = db;
    this.#config = config;
  }

  override createDriver(): SqliteDriver {
    return new Immediate(this.#config, this.#db);
  }
}

class Immediate extends SqliteDriver {
  readonly #db: Database;

  constructor(config: SqliteDialectConfig, db: Database) {
    super(config);
    this.#db = db;
  }

  /** One that reads first and writes then would be refused while another writes, not made to wait. */
  override async beginTransaction(
    connection: DatabaseConnection,
    { accessMode }: TransactionSettings = {},
  ) {
    const begin = accessMode === "read only" ? "BEGIN" : "BEGIN IMMEDIATE";
    await connection.executeQuery(CompiledQuery.raw(begin));
  }

  /** On a full disk SQLite has gone back already: the error to be told is that one. */
  override async rollbackTransaction(connection: DatabaseConnection) {
    if (this.#db.inTransaction) await super.rollbackTransaction(connection);
  }
}
