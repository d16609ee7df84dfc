/**
 * What has happened to lists and people and is to be told in the queue `events`: a row each, written in
 * the transaction of what it tells, and removed when it has been told. So none is lost, whatever dies
 * when; and one that is told again bears the same id.
 */
import { timedId } from "../base/ids.ts";
import type { Actor } from "./actor.ts";
import { chunks, inserting, oneOf, packed, prepared } from "./prepared.ts";
import type { OutboxRow } from "./rows.ts";
import type { Queries, Store } from "./store.ts";

/** Something that is to be told. */
export interface Told {
  /** Such as `member.joined`. */
  readonly event: string;
  readonly detail: Readonly<Record<string, unknown>>;
  /** Only told where this file is not as it was any more. */
  readonly guard?: Guard;
}

/** A file that is changed by what is told. */
export interface Guard {
  /** Below the home. */
  readonly file: string;
  /** The SHA-256 of what it was, in hex; "" where it was not there. */
  readonly before: string;
}

/** Something that waits to be told. */
export interface Due extends Told, Actor {
  readonly id: string;
  readonly list: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Rows that are read at once: one of them may tell of a thousand members. */
const PORTION = 20;
/** Milliseconds after which what this process has written and cannot find was undone. */
const GONE = 60_000;

export class Outbox {
  readonly #store: Store;
  readonly #compiled: ReturnType<typeof compiled>;
  /** What this process has written, and when; some of it may be in a transaction still. */
  readonly #own = new Map<string, number>();

  constructor(store: Store) {
    this.#store = store;
    this.#compiled = compiled(store);
  }

  /**
   * Has something told. @param queries the transaction in which it happens
   * @param now milliseconds since 1970
   */
  async put(
    queries: Queries,
    list: string,
    told: readonly Told[],
    now: number,
    actor: Actor,
  ): Promise<void> {
    const due = told.map((one) => dueOf(list, one, now, actor));
    for (const some of chunks(due))
      await queries.executeQuery(this.#compiled.write(some.map(rowOf)));
    for (const { id } of due) this.#own.set(id, now);
  }

  /** Has one told that is no part of a transaction. Done again for the same id it changes nothing. */
  async add(due: Due): Promise<void> {
    await this.#store.queries.executeQuery(this.#compiled.write([rowOf(due)]));
  }

  /** What this process has written in transactions that are through. @param now milliseconds since 1970 */
  async own(now: number): Promise<Due[]> {
    const ids = [...this.#own.keys()];
    if (ids.length === 0) return [];
    const query = this.#compiled.some({ ids: packed(ids) });
    const { rows } = await this.#store.queries.executeQuery(query);
    for (const { event_id } of rows) this.#own.delete(event_id);
    for (const [id, at] of this.#own) if (now - at > GONE) this.#own.delete(id);
    return rows.map(dueIn);
  }

  /**
   * The oldest of those that have waited since a moment, some of them, in the order of their ids.
   * @param after the id behind which they begin
   */
  async since(before: number, after = ""): Promise<Due[]> {
    const query = this.#compiled.since({ before, after });
    const { rows } = await this.#store.queries.executeQuery(query);
    return rows.map(dueIn);
  }

  /** They have been told. */
  async done(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.#own.delete(id);
    const query = this.#compiled.done({ ids: packed(ids) });
    await this.#store.queries.executeQuery(query);
  }
}

/** @param now milliseconds since 1970 */
export function dueOf(
  list: string,
  told: Told,
  now: number,
  { by, who, messageId, cause }: Actor,
  id = timedId(now),
): Due {
  return { ...told, id, list, at: now, by, who, messageId, cause };
}

function rowOf(due: Due): OutboxRow {
  const { id, list, at, event, by, who, messageId, cause, guard } = due;
  return {
    event_id: id,
    ...{ list, at, event, by, who },
    cause: cause ?? "",
    message_id: messageId ?? "",
    detail: JSON.stringify(due.detail),
    guard: guard ? JSON.stringify(guard) : "",
  };
}

function dueIn(row: OutboxRow): Due {
  const { event_id, list, at, event, by, who } = row;
  const { message_id, cause, detail, guard } = row;
  return {
    ...{ id: event_id, list, at, event, who },
    by: by as Actor["by"],
    detail: JSON.parse(detail),
    ...(cause === "" ? {} : { cause }),
    ...(message_id === "" ? {} : { messageId: message_id }),
    ...(guard === "" ? {} : { guard: JSON.parse(guard) }),
  };
}

function compiled(store: Store) {
  const { queries } = store;
  const all = () =>
    queries.selectFrom("outbox").selectAll().orderBy("event_id");
  return {
    write: inserting(
      store,
      "outbox",
      "event_id list at event by who cause message_id detail guard".split(" "),
      ["event_id"],
      ["detail"],
    ),
    some: prepared(({ ids }: { ids: string }) =>
      all().where(oneOf(store, "event_id", ids)),
    ),
    since: prepared(({ before, after }: { before: number; after: string }) =>
      all()
        .where("event_id", ">", after)
        .where("at", "<=", before)
        .limit(PORTION),
    ),
    done: prepared(({ ids }: { ids: string }) =>
      queries.deleteFrom("outbox").where(oneOf(store, "event_id", ids)),
    ),
  };
}
