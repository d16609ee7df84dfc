/**
 * Things that happened, each noted once by its id, and counted in windows that slide: how many
 * requests came from an address within an hour, how many posts to a list. What hosts that share a
 * state note they count together, one after the other.
 */
import { DAY } from "../base/units.ts";
import { prepared } from "./prepared.ts";
import type { Store } from "./store.ts";

/** Milliseconds for which each is kept at least: one thing may be counted in several windows. */
const KEPT = DAY;
/** Milliseconds between two looks for what is out of all windows. */
const SWEEP = 600_000;

export class Windows {
  readonly #store: Store;
  readonly #compiled: ReturnType<typeof compiled>;
  /** When to sweep a kind again. */
  readonly #due = new Map<string, number>();

  constructor(store: Store) {
    this.#store = store;
    this.#compiled = compiled(store);
  }

  /**
   * Notes a thing once; noted again, it stays where it was.
   * @param id what tells it from others of its kind and key
   * @param now milliseconds since 1970
   * @param window milliseconds
   * @returns how many others of its kind and key there are after now - window, up to now
   */
  async note(
    kind: string,
    key: string,
    id: string,
    now: number,
    window: number,
  ): Promise<number> {
    const kept = now + Math.max(window, KEPT);
    const row = { kind, key, event: id, at: now, kept };
    const since = now - window;
    const count = await this.#store.alone(
      `window ${kind} ${key}`,
      async (queries) => {
        await queries.executeQuery(this.#compiled.note(row));
        const others = this.#compiled.others({ ...row, since });
        return Number((await queries.executeQuery(others)).rows[0]?.n ?? 0);
      },
    );
    await this.#sweepNowAndThen(kind, now);
    return count;
  }

  /**
   * Notes a thing where none of its kind and key is noted yet: of several at once only one is.
   * @param window milliseconds for which it is kept
   * @returns the id of the one that is noted
   */
  async first(
    kind: string,
    key: string,
    id: string,
    now: number,
    window: number,
  ): Promise<string> {
    const kept = now + Math.max(window, KEPT);
    const first = await this.#store.alone(
      `window ${kind} ${key}`,
      async (queries) => {
        const latest = this.#compiled.latest({ kind, key });
        const [there] = (await queries.executeQuery(latest)).rows;
        if (there && there.kept > now) return there.id;
        const row = { kind, key, event: id, at: now, kept };
        await queries.executeQuery(this.#compiled.note(row));
        return id;
      },
    );
    await this.#sweepNowAndThen(kind, now);
    return first;
  }

  /** How many of a kind and key there are after a moment. */
  async count(kind: string, key: string, since: number): Promise<number> {
    const query = this.#compiled.count({ kind, key, since });
    const { rows } = await this.#store.queries.executeQuery(query);
    return Number(rows[0]?.n ?? 0);
  }

  /** Whether a thing was noted. */
  async has(kind: string, key: string, id: string): Promise<boolean> {
    const query = this.#compiled.one({ kind, key, event: id });
    return (await this.#store.queries.executeQuery(query)).rows.length > 0;
  }

  /** The last one that was noted of a kind and key. */
  async latest(
    kind: string,
    key: string,
  ): Promise<{ readonly at: number; readonly id: string } | undefined> {
    const query = this.#compiled.latest({ kind, key });
    const [row] = (await this.#store.queries.executeQuery(query)).rows;
    return row && { at: row.at, id: row.id };
  }

  /** Forgets all of a kind and key. */
  async forget(kind: string, key: string): Promise<void> {
    const query = this.#compiled.forget({ kind, key });
    await this.#store.queries.executeQuery(query);
  }

  /** Those of a kind that are in no window any more. */
  async #sweepNowAndThen(kind: string, now: number): Promise<void> {
    if (now < (this.#due.get(kind) ?? Number.NEGATIVE_INFINITY)) return;
    this.#due.set(kind, now + SWEEP);
    await this.#store.alone("windows", (queries) =>
      queries.executeQuery(this.#compiled.sweepKind({ kind, now })),
    );
  }
}

function compiled({ queries }: Store) {
  type Of = { readonly kind: string; readonly key: string };
  const forget = ({ kind, key }: Of) =>
    queries
      .deleteFrom("windows")
      .where("kind", "=", kind)
      .where("key", "=", key);
  const count = ({ kind, key, since }: Of & { since: number }) =>
    queries
      .selectFrom("windows")
      .select(({ fn }) => fn.countAll<number>().as("n"))
      .where("kind", "=", kind)
      .where("key", "=", key)
      .where("at", ">", since);
  type Noted = Of & { event: string; at: number; kept: number };
  return {
    note: prepared(({ kind, key, event, at, kept }: Noted) =>
      queries
        .insertInto("windows")
        .values({ kind, key, event, at, kept })
        .onConflict((conflict) =>
          conflict
            .columns(["kind", "key", "event"])
            .doUpdateSet({ kept })
            // Of several windows the longest counts.
            .where("windows.kept", "<", kept),
        ),
    ),
    others: prepared((given: Noted & { since: number }) =>
      count(given)
        .where("at", "<=", given.at)
        .where("event", "<>", given.event),
    ),
    count: prepared(count),
    one: prepared((given: { kind: string; key: string; event: string }) =>
      queries
        .selectFrom("windows")
        .select("at")
        .where("kind", "=", given.kind)
        .where("key", "=", given.key)
        .where("event", "=", given.event),
    ),
    latest: prepared(({ kind, key }: Of) =>
      queries
        .selectFrom("windows")
        .select(["at", "event as id", "kept"])
        .where("kind", "=", kind)
        .where("key", "=", key)
        .orderBy("at", "desc")
        .orderBy("event", "desc")
        .limit(1),
    ),
    forget: prepared(forget),
    sweepKind: prepared(({ kind, now }: { kind: string; now: number }) =>
      queries
        .deleteFrom("windows")
        .where("kind", "=", kind)
        .where("kept", "<=", now),
    ),
  };
}
