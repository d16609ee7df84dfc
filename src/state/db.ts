/**
 * SQLite: the state of a home, and foreign files for reading. The state is one file of one host in
 * write-ahead mode: after a crash every committed transaction is there. The only importer of
 * better-sqlite3.
 */
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import SQLite from "better-sqlite3";
import { errnoOf, exit, Failure, messageOf } from "../base/errors.ts";
import { migrations } from "./migrations.ts";

export type Database = SQLite.Database;
export type Statement = SQLite.Statement;

/** Milliseconds to wait for another process that writes. */
const BUSY = 10_000;

/** The state of a home, open. */
export interface State {
  readonly db: Database;
  readonly path: string;
  close(): void;
}

/** Where the state of a home lies. */
export function statePath(home: string): string {
  return join(home, "state", "listmill.db");
}

/** Makes HOME/state/listmill.db where there is none, and opens it like `openState`. */
export function makeState(home: string): State {
  const path = statePath(home);
  mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
  return openedState(path, false);
}

/**
 * Opens HOME/state/listmill.db, brought up to date where needed.
 * Throws a Failure where it is missing, of a newer listmill, damaged, or cannot be opened.
 */
export function openState(home: string): State {
  const path = statePath(home);
  // A state that is not mounted, were it made anew, would make every member a stranger.
  if (!existsSync(path))
    throw new Failure(
      exit.tryLater,
      `${path}: the members' database is missing; mount it, or make a new one with: listmill init ${home}`,
    );
  return openedState(path, true);
}

function openedState(path: string, fileMustExist: boolean): State {
  const db = opened(path, () => {
    const made = new SQLite(path, { timeout: BUSY, fileMustExist });
    try {
      made.pragma("journal_mode = WAL");
      made.pragma("synchronous = FULL");
      made.pragma("foreign_keys = ON");
      migrate(made, path, migrations);
      return made;
    } catch (error) {
      made.close();
      throw error;
    }
  });
  return { db, path, close: () => db.close() };
}

/**
 * Takes the steps that a database lacks, all or none.
 * Throws a Failure where it has taken more steps than there are.
 */
export function migrate(
  db: Database,
  path: string,
  steps: readonly string[],
): void {
  const version = () => Number(db.pragma("user_version", { simple: true }));
  if (version() === steps.length) return;
  // Asked again inside: another process may have done it meanwhile.
  db.transaction(() => {
    const from = version();
    if (from > steps.length)
      throw new Failure(
        exit.config,
        `${path}: made by a newer listmill (version ${from}, this one knows ${steps.length}): install the newer one, or move the file away`,
      );
    for (const step of steps.slice(from)) db.exec(step);
    db.pragma(`user_version = ${steps.length}`);
  }).immediate();
}

/**
 * Opens a file that others own, for reading only; it is not made where it is missing.
 * Throws a Failure (try later) where that fails.
 */
export function openForeign(path: string): Database {
  if (!existsSync(path))
    throw new Failure(exit.tryLater, `${path}: there is no such database`);
  return opened(path, () => {
    const db = new SQLite(path, {
      readonly: true,
      fileMustExist: true,
      timeout: BUSY,
    });
    try {
      db.pragma("schema_version");
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/** True for what SQLite complains about, code SQLITE_... */
export function isDatabaseError(error: unknown): boolean {
  return error instanceof SQLite.SqliteError;
}

function opened(path: string, open: () => Database): Database {
  try {
    return open();
  } catch (error) {
    if (!isDatabaseError(error)) throw error;
    const code = errnoOf(error) ?? "";
    const advice = /NOTADB|CORRUPT/.test(code)
      ? "restore it from a backup, or move it away"
      : "check that it can be read and written";
    throw new Failure(
      /BUSY|LOCKED/.test(code) ? exit.tryLater : exit.ioError,
      `${path}: ${messageOf(error)}: ${advice}`,
      { cause: error },
    );
  }
}
