/**
 * The index of one list's archive: an SQLite file of one host, made of the archive alone, so it may be
 * thrown away at any time. Words are found with FTS5. What belongs together by its ids or its subject has
 * one thread's number; the tree is made of that when it is asked for (mail/threads).
 */
import { mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { host } from "../base/environment.ts";
import { indexSteps } from "./postIndexSteps.ts";
import { type Database, openFile } from "./sqlite.ts";

/** A post as it is found again. */
export interface IndexRow {
  readonly number: number;
  /** The Message-ID without its brackets, and its hash; "" where there is none. */
  readonly id: string;
  readonly hash: string;
  /** Ids from the thread's root to the post that it answers. */
  readonly references: readonly string[];
  readonly subject: string;
  /** Address and name of the author; "" where there is none. */
  readonly author: string;
  readonly name: string;
  /** Milliseconds since 1970: what the post says, if that can be. */
  readonly date: number;
  readonly bytes: number;
  /** SHA-256 of the post, hexadecimal. */
  readonly sum: string;
  /** Names or types of what is attached. */
  readonly attachments: readonly string[];
  /** The number of the thread's first post that was indexed. */
  readonly thread: number;
}

export interface Indexing extends Omit<IndexRow, "thread"> {
  /** The subject that posts of one matter share; "" says nothing. */
  readonly base: string;
  /** Whether the subject is that of an answer. */
  readonly isAnswer: boolean;
  /** What a person would read of it. */
  readonly text: string;
}

/** Which posts. */
export interface Choice {
  /** An FTS5 expression. */
  readonly match?: string;
  /** Dates, milliseconds: from `from` on, before `until`. */
  readonly from?: number;
  readonly until?: number;
  /** Numbers below this one. */
  readonly before?: number;
  /** The newest of them, at most so many. */
  readonly most: number;
}

/** Days within which an answer without an id belongs to a post of its subject, in milliseconds. */
const SUBJECT_AGE = 90 * 24 * 3600_000;

/** Posts that are read at once. */
const PAGE = 500;

/** Where the index of a list lies on this host. */
export function indexPath(home: string, list: string): string {
  return join(home, "state", `index@${host()}`, `${list}.db`);
}

type Stored = Omit<IndexRow, "references" | "attachments"> & {
  readonly references: string;
  readonly attachments: string;
};

export class PostIndex {
  readonly #db: Database;

  /** Made where missing. Throws a Failure where it is damaged or cannot be opened. */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    this.#db = openFile(path, indexSteps, false);
    // It can be made again: a power failure costs the last posts at most.
    this.#db.pragma("synchronous = NORMAL");
    // What is taken out is not to be read in the file any more.
    this.#db.pragma("secure_delete = ON");
  }

  close(): void {
    this.#db.close();
  }

  /** All numbers up to this one were looked at. */
  get seen(): number {
    return this.#meta("seen");
  }

  /** All tombstones up to this one were heeded. */
  get buried(): number {
    return this.#meta("buried");
  }

  get count(): number {
    return this.#number("SELECT count(*) FROM posts");
  }

  /** Empties itself where it was made of another archive. @param identity a number for the archive; 0: unknown */
  belongTo(identity: number): void {
    this.#db
      .transaction(() => {
        const known = this.#meta("archive");
        if (identity === known) return;
        if (known !== 0 || identity === 0) this.#empty();
        if (identity !== 0) this.#note("archive", identity);
      })
      .immediate();
  }

  /** Empties it: it is made anew by whoever asks next. */
  clear(): void {
    this.#db.transaction(() => this.#empty()).immediate();
  }

  #empty(): void {
    this.#db.exec(
      "DELETE FROM words; DELETE FROM posts; DELETE FROM ids; DELETE FROM meta",
    );
  }

  /** Adds posts, and notes that all up to `seen` were looked at; what is there already stays. */
  add(posts: readonly Indexing[], seen: number): void {
    this.#db
      .transaction(() => {
        const before = this.seen;
        for (const post of posts) if (post.number > before) this.#add(post);
        if (seen > before) this.#note("seen", seen);
      })
      .immediate();
  }

  /** Takes posts out. @param buried the last tombstone that was heeded */
  remove(numbers: readonly number[], buried: number): void {
    this.#db
      .transaction(() => {
        for (const number of numbers) {
          this.#db.prepare("DELETE FROM words WHERE rowid = ?").run(number);
          this.#db.prepare("DELETE FROM posts WHERE number = ?").run(number);
        }
        if (buried > this.buried) this.#note("buried", buried);
        // Words stay in the file until their segments are merged.
        if (numbers.length > 0)
          this.#db.exec("INSERT INTO words (words) VALUES ('optimize')");
      })
      .immediate();
    if (numbers.length > 0) this.#db.pragma("wal_checkpoint(TRUNCATE)");
  }

  get(number: number): IndexRow | undefined {
    return this.#rows("WHERE number = ?", [number])[0];
  }

  /** The first post with a Message-ID, without brackets. */
  byId(id: string): IndexRow | undefined {
    return this.#rows("WHERE id = ? ORDER BY number LIMIT 1", [id])[0];
  }

  /** The first post whose Message-ID has this hash. */
  byHash(hash: string): IndexRow | undefined {
    return this.#rows("WHERE hash = ? ORDER BY number LIMIT 1", [hash])[0];
  }

  /** The first post of exactly these bytes. */
  bySum(sum: string): IndexRow | undefined {
    return this.#rows("WHERE sum = ? ORDER BY number LIMIT 1", [sum])[0];
  }

  /** The posts of a thread, the oldest first; of a long one those around a number. */
  thread(thread: number, number: number, most: number): IndexRow[] {
    const where = "WHERE thread = ? ORDER BY abs(number - ?) LIMIT ?";
    return this.#rows(where, [thread, number, most]).sort(
      (a, b) => a.date - b.date || a.number - b.number,
    );
  }

  /** Posts that are chosen, the oldest first, page by page. Throws where `match` is no FTS5 expression. */
  *choose({ match, from, until, before, most }: Choice): Generator<IndexRow> {
    const conditions: string[] = [];
    const values: (string | number)[] = [];
    const ask = (condition: string, value: string | number | undefined) => {
      if (value === undefined) return;
      conditions.push(condition);
      values.push(value);
    };
    ask("number IN (SELECT rowid FROM words WHERE words MATCH ?)", match);
    ask("date >= ?", from);
    ask("date < ?", until);
    ask("number < ?", before);
    const where = ["number > ?", ...conditions].join(" AND ");
    const newest = `SELECT min(number) FROM (SELECT number FROM posts WHERE ${where} ORDER BY number DESC LIMIT ?)`;
    let last = this.#number(newest, 0, ...values, most) - 1;
    for (;;) {
      const rest = `WHERE ${where} ORDER BY number LIMIT ?`;
      const page = this.#rows(rest, [last, ...values, PAGE]);
      yield* page;
      last = page.at(-1)?.number ?? last;
      if (last < 0 || page.length < PAGE) return;
    }
  }

  #add(post: Indexing): void {
    const thread = this.#threadOf(post);
    this.#db
      .prepare(
        `INSERT INTO posts (number, id, hash, refs, subject, base, author, name, date, bytes, sum, attachments, thread)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        post.number,
        post.id,
        post.hash,
        post.references.join(" "),
        post.subject,
        post.base,
        post.author,
        post.name,
        post.date,
        post.bytes,
        post.sum,
        JSON.stringify(post.attachments),
        thread,
      );
    this.#db
      .prepare(
        `INSERT INTO words (rowid, subject, "from", body, attachment) VALUES (?, ?, ?, ?, ?)`,
      )
      .run(
        post.number,
        post.subject,
        `${post.name} ${post.author}`,
        post.text,
        post.attachments.join("\n"),
      );
  }

  /** The thread of a new post: threads that it holds together become one. */
  #threadOf({
    number,
    id,
    references,
    base,
    isAnswer,
    date,
  }: Indexing): number {
    const ids = id === "" ? [...references] : [id, ...references];
    const known = this.#db
      .prepare("SELECT thread FROM ids WHERE id = ?")
      .pluck();
    const found = new Set(
      ids.flatMap((one) => (known.get(one) as number) ?? []),
    );
    if (
      found.size === 0 &&
      references.length === 0 &&
      isAnswer &&
      base !== ""
    ) {
      const [root] = this.#rows(
        "WHERE base = ? AND date BETWEEN ? AND ? ORDER BY number DESC LIMIT 1",
        [base, date - SUBJECT_AGE, date + SUBJECT_AGE],
      );
      if (root) found.add(root.thread);
    }
    const thread = Math.min(number, ...found);
    for (const other of found) {
      if (other === thread) continue;
      for (const table of ["posts", "ids"])
        this.#db
          .prepare(`UPDATE ${table} SET thread = ? WHERE thread = ?`)
          .run(thread, other);
    }
    const note = this.#db.prepare(
      "INSERT INTO ids (id, thread) VALUES (?, ?) ON CONFLICT DO NOTHING",
    );
    for (const one of ids) note.run(one, thread);
    return thread;
  }

  #rows(rest: string, values: readonly (string | number)[]): IndexRow[] {
    const sql = `SELECT number, id, hash, refs AS "references", subject, author, name, date, bytes, sum, attachments, thread
      FROM posts ${rest}`;
    return (this.#db.prepare(sql).all(...values) as Stored[]).map((row) => ({
      ...row,
      references: row.references === "" ? [] : row.references.split(" "),
      attachments: JSON.parse(row.attachments),
    }));
  }

  #meta(name: string): number {
    return this.#number("SELECT value FROM meta WHERE name = ?", name);
  }

  #note(name: string, value: number): void {
    this.#db
      .prepare(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
      )
      .run(name, value);
  }

  #number(sql: string, ...values: (string | number)[]): number {
    return Number(
      this.#db
        .prepare(sql)
        .pluck()
        .get(...values) ?? 0,
    );
  }
}
