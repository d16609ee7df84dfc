/**
 * Who is a member of what: one row a member and list, ordered by key, read in pages so that a
 * million members cost no more memory than a thousand. Adding and removing are idempotent; whatever
 * changes something stands in the journal and the outbox.
 */

import { type Actor, mill } from "./actor.ts";
import { happenings } from "./happenings.ts";
import type { Happening, Journal } from "./journal.ts";
import {
  type Added,
  type Delivery,
  deliveries,
  type Joining,
  type Member,
} from "./member.ts";
import {
  addressPages,
  changedPages,
  everybody,
  fourOf,
  memberQueries,
  type Reach,
  type Switched,
} from "./memberQueries.ts";
import { isSame, memberOf, rowOf } from "./memberRow.ts";
import type { Outbox } from "./outbox.ts";
import { chunks, PAGE, packed } from "./prepared.ts";
import type { MemberRow } from "./rows.ts";
import { type Spell, spellsOf } from "./spells.ts";
import type { Queries, Store } from "./store.ts";
import { type Changed, toldOf } from "./told.ts";

/** Kilobytes, with the minus that SQLite wants; the usual size and one for reading. */
const CACHE = -16_000;
const SMALL_CACHE = -1000;

/** Who is wanted; all without it. */
export interface Wanted {
  readonly of?: readonly Delivery[] | undefined;
  readonly reach?: Reach | undefined;
}

/** Somebody whose delivery has changed. */
export interface Changer {
  readonly address: string;
  readonly spells: readonly Spell[];
}

/** What a change comes to. @param now milliseconds since 1970 */
interface Change {
  readonly list: string;
  readonly now: number;
  readonly actor: Actor;
  /** Whether who is no member is left out. */
  readonly known: boolean;
}

export class Members {
  readonly #store: Store;
  readonly #journal: Journal;
  readonly #outbox: Outbox;
  readonly #compiled: ReturnType<typeof memberQueries>;
  readonly #addresses: ReturnType<typeof addressPages>;
  readonly #changed: ReturnType<typeof changedPages>;

  constructor(store: Store, journal: Journal, outbox: Outbox) {
    this.#store = store;
    this.#journal = journal;
    this.#outbox = outbox;
    this.#compiled = memberQueries(store);
    this.#addresses = addressPages(store);
    this.#changed = changedPages(store);
  }

  /** Adds a member or changes one. @param now milliseconds since 1970 */
  async add(
    list: string,
    joining: Joining,
    now: number,
    actor = mill,
  ): Promise<Added> {
    const [added] = await this.addAll(list, [joining], now, actor);
    return added ?? "present";
  }

  /** Adds many in one transaction: all or none. The results are in the same order. */
  async addAll(
    list: string,
    joining: readonly Joining[],
    now: number,
    actor = mill,
  ): Promise<Added[]> {
    const change = { list, now, actor, known: false };
    const results = await this.#write(change, joining);
    return results.filter((it) => it !== "absent");
  }

  /** Changes a member; who is none does not become one. */
  async change(
    list: string,
    joining: Joining,
    now: number,
    actor = mill,
  ): Promise<"changed" | "present" | "absent"> {
    const change = { list, now, actor, known: true };
    const [result = "absent"] = await this.#write(change, [joining]);
    return result === "added" ? "changed" : result;
  }

  #write(
    change: Change,
    joining: readonly Joining[],
  ): Promise<(Added | "absent")[]> {
    return this.#store.alone(`members ${change.list}`, async (queries) => {
      const results: (Added | "absent")[] = [];
      for (const some of chunks(joining))
        results.push(...(await this.#put(queries, change, some)));
      return results;
    });
  }

  async #put(
    queries: Queries,
    { list, now, actor, known: mustBeKnown }: Change,
    some: readonly Joining[],
  ): Promise<(Added | "absent")[]> {
    const keys = packed(some.map(({ key }) => key));
    const query = this.#compiled.known({ list, keys });
    const { rows } = await queries.executeQuery(query);
    const known = new Map(rows.map((row) => [row.key, row]));
    const next = await this.#journal.next(queries, list);
    const written = new Map<string, MemberRow>();
    const happened: Happening[] = [];
    const changed: Changed[] = [];
    const results = some.map((one): Added | "absent" => {
      const old = known.get(one.key);
      if (!old && mustBeKnown) return "absent";
      const row = rowOf(list, one, old, now, next);
      if (old && isSame(old, row)) return "present";
      known.set(one.key, row);
      written.set(one.key, row);
      happened.push(...happenings(old, row));
      changed.push({ old, row });
      return old ? "changed" : "added";
    });
    if (written.size > 0)
      await queries.executeQuery(this.#compiled.write([...written.values()]));
    await this.#journal.write(queries, list, happened, now, actor);
    await this.#outbox.put(queries, list, toldOf(changed), now, actor);
    return results;
  }

  /** Removes all members of a list. @param queries the transaction in which it happens */
  async clear(queries: Queries, list: string): Promise<void> {
    await queries.executeQuery(this.#compiled.clear({ list }));
  }

  /** True where there was such a member. */
  remove(
    list: string,
    key: string,
    now: number,
    actor = mill,
  ): Promise<boolean> {
    return this.#store.alone(`members ${list}`, async (queries) => {
      const query = this.#compiled.remove({ list, key });
      const [gone] = (await queries.executeQuery(query)).rows;
      if (!gone) return false;
      const { address } = gone;
      const happened = { key, address, what: "left", detail: "" };
      await this.#journal.write(queries, list, [happened], now, actor);
      const told = [{ event: "member.left", detail: { address } }];
      await this.#outbox.put(queries, list, told, now, actor);
      return true;
    });
  }

  async get(list: string, key: string): Promise<Member | undefined> {
    const { rows } = await this.#run(this.#compiled.one({ list, key }));
    return rows[0] && memberOf(rows[0]);
  }

  /** Those of some keys who are members, in no order. */
  async some(list: string, keys: readonly string[]): Promise<Member[]> {
    const found: Member[] = [];
    for (const page of chunks(keys)) {
      const query = this.#compiled.known({ list, keys: packed(page) });
      found.push(...(await this.#run(query)).rows.map(memberOf));
    }
    return found;
  }

  async count(list: string, wanted: Wanted = {}): Promise<number> {
    const query = this.#compiled.count({ list, ...wantedOf(wanted) });
    return Number((await this.#run(query)).rows[0]?.n ?? 0);
  }

  /** Whether no list has a member. */
  async isEmpty(): Promise<boolean> {
    return (await this.#run(this.#compiled.any({}))).rows.length === 0;
  }

  /**
   * At most 1,000 members in the order of their keys.
   * @param after the last key of the page before; "" for the first page
   */
  async page(
    list: string,
    after: string,
    wanted: Wanted = {},
  ): Promise<Member[]> {
    const query = this.#compiled.page({ list, after, ...wantedOf(wanted) });
    return (await this.#run(query)).rows.map(memberOf);
  }

  /** All members, a page at a time. Others may write meanwhile. */
  async *all(list: string, wanted: Wanted = {}): AsyncGenerator<Member[]> {
    for (let after = ""; ; ) {
      const page = await this.page(list, after, wanted);
      if (page.length > 0) yield page;
      if (page.length < PAGE) return;
      after = page.at(-1)?.key ?? "";
    }
  }

  /** Those whose delivery has changed, with all that they had; a page at a time. */
  async *changed(
    list: string,
    changed: Switched,
    reach: Reach = everybody,
  ): AsyncGenerator<Changer[]> {
    for (let after = ""; ; ) {
      const query = this.#changed({ list, after, ...changed, ...reach });
      const { rows } = await this.#run(query);
      if (rows.length > 0)
        yield rows.map((row) => ({
          address: row.address,
          spells: spellsOf(row),
        }));
      if (rows.length < PAGE) return;
      after = rows.at(-1)?.key ?? "";
    }
  }

  /**
   * The addresses alone as bytes, an address a line; a page at a time, without an object for each. The
   * bytes are the caller's, who may release them.
   * @param until only who has had this delivery since that number of the journal at the latest
   */
  async *addresses(
    list: string,
    delivery: Delivery,
    reach: Reach = everybody,
    until = Number.MAX_SAFE_INTEGER,
  ): AsyncGenerator<Buffer> {
    let isLong = false;
    try {
      for (let after = ""; ; ) {
        const given = { list, after, delivery, until, ...reach };
        const query = this.#addresses(given);
        const [page] = (await this.#run(query)).rows;
        if (!page || page.count === 0) return;
        yield typeof page.lines === "string"
          ? ownBytes(page.lines)
          : page.lines;
        if (page.count < PAGE) return;
        after = page.last;
        if (isLong) continue;
        isLong = true;
        // What is read once through needs no cache.
        await this.#store.pragma(`cache_size = ${SMALL_CACHE}`);
      }
    } finally {
      if (isLong) await this.#store.pragma(`cache_size = ${CACHE}`);
    }
  }

  get #run() {
    const { queries } = this.#store;
    return queries.executeQuery.bind(queries);
  }
}

function wantedOf({ of = deliveries, reach = everybody }: Wanted) {
  return { ...fourOf(of), ...reach };
}

/** A buffer that shares its memory with no other one. */
function ownBytes(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}
