/**
 * The SQLite files of a home: its state, which belongs to one host, or, where the state lies in
 * PostgreSQL, for each host one in which its runners count their hooks.
 */
import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { host } from "../base/environment.ts";
import { exit, Failure } from "../base/errors.ts";
import { belongsHere, homeBelongsHere, refuseOther } from "./host.ts";
import { countSteps, sqliteSteps } from "./migrations.ts";
import type { Server } from "./postgres.ts";
import { type Database, openFile } from "./sqlite.ts";

/** Where the state of a home lies. */
export interface Place {
  /** Absolute. */
  readonly home: string;
  /** Asked for each connection; undefined: in a file of this home. */
  readonly server?: (() => Server) | undefined;
}

/** An SQLite file, open. */
export interface Local {
  readonly db: Database;
  readonly path: string;
  close(): void;
}

/** Where the state of a home lies that is served by one host. */
export function statePath(home: string): string {
  return join(home, "state", "listmill.db");
}

/** Makes HOME/state/listmill.db where there is none, and opens it like `openLocal`. */
export function makeLocal(home: string): Local {
  return ours(home, false);
}

/**
 * Opens HOME/state/listmill.db, brought up to date where needed.
 * Throws a Failure where it is missing, another host's, of a newer listmill, damaged, or cannot be
 * opened.
 */
export function openLocal(home: string): Local {
  return ours(home, true);
}

/** Opens the file in which this host counts its hooks. Throws like `openLocal`. */
export function openCounts({ home, server }: Place): Local {
  if (!server) return openLocal(home);
  const path = join(home, "state", `hooks@${host()}.db`);
  mkdirSync(dirname(path), { recursive: true, mode: 0o750 });
  return local(path, countSteps, false);
}

function ours(home: string, mustExist: boolean): Local {
  const path = statePath(home);
  const folder = dirname(path);
  refuseOther(home);
  // A state that is not mounted, were it made anew, would make every member a stranger.
  if (mustExist && !existsSync(path))
    throw new Failure(
      exit.tryLater,
      `${path}: the members' database is missing; mount it, or make a new one with: listmill init ${home}`,
    );
  mkdirSync(folder, { recursive: true, mode: 0o750 });
  belongsHere(folder);
  if (statSync(folder).dev !== statSync(home).dev) homeBelongsHere(home);
  return local(path, sqliteSteps, mustExist);
}

function local(
  path: string,
  steps: readonly string[],
  mustExist: boolean,
): Local {
  const db = openFile(path, steps, mustExist);
  return { db, path, close: () => db.close() };
}
