/**
 * What came back: a row for each recipient that a report is about, how many of a list were new on a
 * day, and who is written to on trial. Noting the same report again changes nothing.
 */
import { hashOf } from "../base/hash.ts";
import { DAY } from "../base/units.ts";
import { type BounceQueries, bounceQueries } from "./bounceQueries.ts";
import { chunks, packed } from "./prepared.ts";
import type { BounceDayRow, BounceRow } from "./rows.ts";
import type { Queries, Store } from "./store.ts";

/** `message`: the post was refused, not the member. `other`: what nobody understood. */
export type BounceKind =
  | "hard"
  | "soft"
  | "message"
  | "complaint"
  | "probe"
  | "other";

/**
 * Why it is believed. `late`: it is ours, and too old to be judged by. `past`: a trial has arrived since.
 */
export type Trust = "signed" | "ours" | "unsigned" | "late" | "past";

export interface Bounce {
  /** What two spellings of the address have in common; "": it is about nobody that is known. */
  readonly key: string;
  readonly address: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  /** What tells one post from another. */
  readonly post: string;
  readonly kind: BounceKind;
  readonly trust: Trust;
  readonly reason: string;
  /** RFC 3463, or "". */
  readonly status: string;
  readonly detail: string;
  /** The entry that brought it. */
  readonly source: string;
  /** Where the report is kept, below the list's; "" where it is not. */
  readonly report: string;
}

/** How many came on a day. */
export interface Count {
  /** "": members of the list; `@domain`: those of a domain; else a post. */
  readonly scope: string;
  readonly day: number;
  readonly n: number;
  /** Since when the day does not count, milliseconds since 1970; 0: it does. */
  readonly halted: number;
}

/** What is counted of a bounce; none for what is only kept. */
type Scopes = (bounce: Bounce, isFirstOfDay: boolean) => readonly string[];

export class Bounces {
  readonly #store: Store;
  readonly #compiled: BounceQueries;

  constructor(store: Store) {
    this.#store = store;
    this.#compiled = bounceQueries(store);
  }

  /**
   * Notes what is new of a report, all or none: neither the same source again, nor the same post of the
   * same kind to the same address.
   * @returns those that were new
   */
  note(
    list: string,
    some: readonly Bounce[],
    scopesOf: Scopes,
  ): Promise<Bounce[]> {
    return this.#store.alone(`bounces ${list}`, async (queries) => {
      const fresh: Bounce[] = [];
      for (const page of chunks(some))
        fresh.push(...(await this.#put(queries, list, page, scopesOf)));
      return fresh;
    });
  }

  async #put(
    queries: Queries,
    list: string,
    some: readonly Bounce[],
    scopesOf: Scopes,
  ): Promise<Bounce[]> {
    const known = new Map<string, Bounce[]>();
    const keys = [...new Set(some.map(({ key }) => key))].filter(Boolean);
    for (const one of await this.#read(queries, list, keys, 0))
      known.set(one.key, [...(known.get(one.key) ?? []), one]);
    const counts = new Map<string, number>();
    const fresh = some.filter((bounce) => {
      const those = known.get(bounce.key) ?? [];
      const isSame = (other: Bounce) =>
        other.source === bounce.source ||
        (other.post === bounce.post && other.kind === bounce.kind);
      if (those.some(isSame)) return false;
      const isFirst = !those.some(
        (other) =>
          dayOf(other.at) === dayOf(bounce.at) && isAboutMember(other.kind),
      );
      for (const scope of scopesOf(bounce, isFirst)) {
        const name = `${dayOf(bounce.at)} ${scope}`;
        counts.set(name, (counts.get(name) ?? 0) + 1);
      }
      if (bounce.key !== "") known.set(bounce.key, [...those, bounce]);
      return true;
    });
    if (fresh.length > 0)
      await queries.executeQuery(
        this.#compiled.write(fresh.map((one) => rowOf(list, one))),
      );
    const rows = [...counts].map(([name, n]) => {
      const [day = "", ...scope] = name.split(" ");
      return { list, scope: scope.join(" "), day: Number(day), n, halted: 0 };
    });
    for (const page of chunks(rows))
      await queries.executeQuery(this.#compiled.count(page));
    return fresh;
  }

  /** What came about some addresses, oldest first. @param since milliseconds since 1970 */
  about(
    list: string,
    keys: readonly string[],
    since: number,
  ): Promise<Bounce[]> {
    return this.#read(this.#store.queries, list, keys, since);
  }

  async #read(
    queries: Queries,
    list: string,
    keys: readonly string[],
    since: number,
  ): Promise<Bounce[]> {
    const found: BounceRow[] = [];
    for (const page of chunks(keys)) {
      const query = this.#compiled.about({ list, keys: packed(page) });
      for (const row of (await queries.executeQuery(query)).rows)
        if (row.at >= since) found.push(row);
    }
    return found
      .sort((a, b) => a.at - b.at || Number(a.id) - Number(b.id))
      .map(bounceOf);
  }

  /**
   * At most 1,000 addresses of which something came, in the order of their keys.
   * @param after the last key of the page before
   */
  async keys(list: string, after: string, since: number): Promise<string[]> {
    const query = this.#compiled.keys({ list, after, since });
    const { rows } = await this.#store.queries.executeQuery(query);
    return rows.map(({ key }) => key);
  }

  /** The lists that have something of an address. */
  async lists(key: string): Promise<string[]> {
    const query = this.#compiled.lists({ hash: hashOf(key), key });
    const { rows } = await this.#store.queries.executeQuery(query);
    return rows.map(({ list }) => list);
  }

  /** How many of each kind and reason came within a time, and of how many addresses. */
  async sums(
    list: string,
    from: number,
    to: number,
  ): Promise<
    readonly { kind: BounceKind; reason: string; n: number; members: number }[]
  > {
    const query = this.#compiled.sums({ list, from, to });
    const { rows } = await this.#store.queries.executeQuery(query);
    return rows.map((row) => ({
      kind: row.kind as BounceKind,
      reason: row.reason,
      n: Number(row.n),
      members: Number(row.members),
    }));
  }

  /** Of all lists, what nobody understood, oldest first; at most 1,000. */
  async others(
    from: number,
    to: number,
  ): Promise<readonly (Bounce & { readonly list: string })[]> {
    const query = this.#compiled.others({ from, to });
    const { rows } = await this.#store.queries.executeQuery(query);
    return rows.map((row) => ({ ...bounceOf(row), list: row.list }));
  }

  /** The counts of some scopes from a day on. */
  async counts(
    list: string,
    scopes: readonly string[],
    day: number,
  ): Promise<Count[]> {
    const query = this.#compiled.counts({ list, scopes: packed(scopes), day });
    const { rows } = await this.#store.queries.executeQuery(query);
    return rows.map(countOf);
  }

  /** A day counts for nothing. @returns whether that is new */
  async halt(
    list: string,
    scope: string,
    day: number,
    now: number,
  ): Promise<boolean> {
    const query = this.#compiled.halt({ list, scope, day, now });
    const { numAffectedRows = 0n } =
      await this.#store.queries.executeQuery(query);
    return numAffectedRows > 0n;
  }

  /** What came about an address counts for nothing from now on. */
  async close(list: string, key: string): Promise<void> {
    const query = this.#compiled.close({ list, key });
    await this.#store.queries.executeQuery<unknown>(query);
  }

  /** Forgets what came about an address. @returns how many there were */
  async forget(list: string, key: string): Promise<number> {
    const query = this.#compiled.forget({ list, key });
    const { numAffectedRows = 0n } =
      await this.#store.queries.executeQuery(query);
    return Number(numAffectedRows);
  }

  /** Forgets what came to a list before a moment. */
  async sweep(list: string, before: number): Promise<void> {
    const day = dayOf(before);
    for (const query of [
      this.#compiled.sweep({ list, before }),
      this.#compiled.sweepCounts({ list, day }),
    ])
      await this.#store.queries.executeQuery<unknown>(query);
  }

  /** Forgets all of a list. @param queries the transaction in which it happens */
  async clear(queries: Queries, list: string): Promise<void> {
    const { clear, clearCounts } = this.#compiled;
    await queries.executeQuery<unknown>(clear({ list }));
    await queries.executeQuery<unknown>(clearCounts({ list }));
  }
}

/** The day of a moment, UTC, as a number. */
export function dayOf(at: number): number {
  return Math.floor(at / DAY);
}

export function isAboutMember(kind: BounceKind): boolean {
  return kind === "hard" || kind === "soft";
}

/** Whether a member may be judged by it. */
export function counts({ kind, trust }: Pick<Bounce, "kind" | "trust">) {
  return isAboutMember(kind) && trust !== "late" && trust !== "past";
}

function rowOf(list: string, { at, ...bounce }: Bounce): object {
  return { ...bounce, list, hash: hashOf(bounce.key), at, day: dayOf(at) };
}

function bounceOf(row: Omit<BounceRow, "id">): Bounce {
  const { key, address, at, post, reason, status, detail, source, report } =
    row;
  const kind = row.kind as BounceKind;
  const trust = row.trust as Trust;
  const what = { key, address, at, post, kind, trust };
  return { ...what, reason, status, detail, source, report };
}

function countOf({ scope, day, n, halted }: BounceDayRow): Count {
  return { scope, day, n, halted };
}
