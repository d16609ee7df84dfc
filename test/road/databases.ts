/** A real PostgreSQL with a database for each test. */
import { join } from "node:path";
import type { Test } from "tap";
import type { Place } from "../../src/state/local.ts";
import type { Server } from "../../src/state/postgres.ts";
import { call, freePort, Servers } from "./servers.ts";

export class Databases {
  readonly port: number;
  readonly #dir: string;
  readonly #servers: Servers;
  #made = 0;

  private constructor(servers: Servers, port: number) {
    this.#servers = servers;
    this.port = port;
    this.#dir = join(servers.dir, "pg");
  }

  static async start(t: Pick<Test, "teardown">): Promise<Databases> {
    const databases = new Databases(new Servers(t), await freePort());
    databases.boot();
    return databases;
  }

  boot(): void {
    this.#servers.bash('start_postgres "$1" "$2"', [
      this.#dir,
      String(this.port),
    ]);
  }

  stop(): void {
    this.#servers.stop(this.#dir);
  }

  /** From now on this account is let in with its password only. */
  mustHavePassword(user: string): void {
    const access = join(this.#dir, "data/pg_hba.conf");
    this.#servers.bash(
      'sed -i "1i host all $2 127.0.0.1/32 scram-sha-256" "$1"',
      [access, user],
    );
    this.run("SELECT pg_reload_conf()");
  }

  /** Runs statements as the administrator. @returns what they gave */
  run(sql: string, database = "postgres"): string {
    return call("psql", [
      ...["-qAtX", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1"],
      ...["-p", String(this.port), "-U", "postgres", "-d", database],
      ...["-c", sql],
    ]).trim();
  }

  /** A new empty database, in which text is sorted as people do. @returns its name */
  make(): string {
    this.#made += 1;
    const name = `state${this.#made}`;
    this.run(
      `CREATE DATABASE ${name} TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US' LOCALE 'C.UTF-8'`,
    );
    return name;
  }

  url(database: string, user = "postgres"): string {
    return `postgres://${user}@127.0.0.1:${this.port}/${database}`;
  }

  place(home: string, database: string, given: Partial<Server> = {}): Place {
    const server = {
      host: "127.0.0.1",
      port: this.port,
      user: "postgres",
      database,
      password: undefined,
      tls: undefined,
      timeout: 10_000,
      ...given,
    };
    return { home, server: () => server };
  }
}
