/**
 * SQLite files: one of ours for writing, in write-ahead mode, so that after a crash every committed
 * transaction is there; those of others for reading. The only importer of better-sqlite3.
 */
import { existsSync } from "node:fs";
import SQLite from "better-sqlite3";
import { errnoOf, exit, Failure, messageOf } from "../base/errors.ts";

export type Database = SQLite.Database;

/** Milliseconds to wait for another process that writes. */
const BUSY = 10_000;

/**
 * Opens a file of ours, brought up to date where needed.
 * @param steps SQL of each step that it is made with
 * @param mustExist whether it is refused where it is missing; else it is made
 * Throws a Failure where it is of a newer listmill, damaged, or cannot be opened.
 */
export function openFile(
  path: string,
  steps: readonly string[],
  mustExist: boolean,
): Database {
  return opened(path, () => {
    const made = new SQLite(path, { timeout: BUSY, fileMustExist: mustExist });
    try {
      made.pragma("journal_mode = WAL");
      made.pragma("synchronous = FULL");
      made.pragma("foreign_keys = ON");
      migrate(made, path, steps);
      return made;
    } catch (error) {
      made.close();
      throw error;
    }
  });
}

/**
 * Takes the steps that a database lacks, all or none; `PRAGMA user_version` counts them.
 * Throws a Failure where it has taken more steps than there are.
 */
export function migrate(
  db: Database,
  path: string,
  steps: readonly string[],
): void {
  if (versionOf(db) === steps.length) return;
  // Asked again inside: another process may have done it meanwhile.
  db.transaction(() => {
    const from = versionOf(db);
    if (from > steps.length)
      throw new Failure(
        exit.config,
        `${path}: made by a newer listmill (version ${from}, this one knows ${steps.length}): install the newer one, or move the file away`,
      );
    for (const step of steps.slice(from)) db.exec(step);
    db.pragma(`user_version = ${steps.length}`);
  }).immediate();
}

/** How many steps a database has taken. */
export function versionOf(db: Database): number {
  return Number(db.pragma("user_version", { simple: true }));
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
