/** The steps that the index of an archive is made with. */
export const indexSteps: readonly string[] = [
  `CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE posts (
    number INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    hash TEXT NOT NULL,
    refs TEXT NOT NULL,
    subject TEXT NOT NULL,
    base TEXT NOT NULL,
    author TEXT NOT NULL,
    name TEXT NOT NULL,
    date INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    sum TEXT NOT NULL,
    attachments TEXT NOT NULL,
    thread INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX posts_by_id ON posts (id);
  CREATE INDEX posts_by_hash ON posts (hash);
  CREATE INDEX posts_by_sum ON posts (sum);
  CREATE INDEX posts_by_thread ON posts (thread);
  CREATE INDEX posts_by_base ON posts (base);
  CREATE INDEX posts_by_date ON posts (date);
  CREATE TABLE ids (id TEXT PRIMARY KEY, thread INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX ids_by_thread ON ids (thread);
  CREATE VIRTUAL TABLE words USING fts5(
    subject, "from", body, attachment,
    content = '', contentless_delete = 1, tokenize = 'unicode61 remove_diacritics 2'
  )`,
];
