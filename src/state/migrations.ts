/**
 * The shape of the state, step by step. A step, once released, is never changed: what comes later
 * is a new step at the end. `PRAGMA user_version` counts the steps taken. Pure.
 */

/** SQL of each step; the first makes the first version. */
export const migrations: readonly string[] = [
  `CREATE TABLE members (
    list TEXT NOT NULL,
    key TEXT NOT NULL,
    address TEXT NOT NULL,
    name TEXT NOT NULL,
    delivery TEXT NOT NULL,
    own_copy INTEGER,
    joined INTEGER NOT NULL,
    PRIMARY KEY (list, key)
  ) STRICT, WITHOUT ROWID`,
  // list "" is the whole site
  `CREATE TABLE suppressed (
    list TEXT NOT NULL,
    key TEXT NOT NULL,
    address TEXT NOT NULL,
    reason TEXT NOT NULL,
    since INTEGER NOT NULL,
    PRIMARY KEY (list, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE sizes (
    list TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    since INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE hook_runs (
    hook TEXT NOT NULL,
    list TEXT NOT NULL,
    observed INTEGER NOT NULL,
    verdict TEXT NOT NULL,
    bucket INTEGER NOT NULL,
    runs INTEGER NOT NULL,
    worst REAL NOT NULL,
    PRIMARY KEY (hook, list, observed, verdict, bucket)
  ) STRICT, WITHOUT ROWID`,
  // An index of hashes is a third of one of addresses, and quicker to add to. AUTOINCREMENT: the
  // number of a row that was removed is never given to another address.
  `CREATE TABLE numbers (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    hash INTEGER NOT NULL,
    address TEXT NOT NULL
  ) STRICT;
  CREATE INDEX numbers_by_hash ON numbers (hash)`,
];
