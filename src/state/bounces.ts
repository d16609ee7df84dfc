/**
 * What came back: a row for each recipient that a report is about. Noting the same report again changes
 * nothing.
 */
import { hashOf } from "../base/hash.ts";
import {
  type Bounce,
  type BounceKind,
  dayOf,
  isAboutMember,
  isNew,
  type Trust,
} from "./bounce.ts";
import type { BounceDays } from "./bounceDays.ts";
import { type BounceQueries, bounceQueries } from "./bounceQueries.ts";
import { chunks, PAGE, packed } from "./prepared.ts";
import type { BounceRow } from "./rows.ts";
import type { Queries, Store } from "./store.ts";

/** What is counted of a bounce; none for what is only kept. */
type Scopes = (bounce: Bounce, isFirstOfDay: boolean) => readonly string[];

/** What became of a report. */
export interface Noted {
  readonly noted: readonly Bounce[];
  readonly fresh: number;
}

export class Bounces {
  readonly #store: Store;
  readonly #days: BounceDays;
  readonly #compiled: BounceQueries;

  constructor(store: Store, days: BounceDays) {
    this.#store = store;
    this.#days = days;
    this.#compiled = bounceQueries(store);
  }

  /**
   * Notes what is new of a report, all or none: neither the same source again, nor the same post of the
   * same kind to the same address, nor more than a day has room for.
   * @param since what came before is of no account, milliseconds since 1970
   * @returns those that are noted by this source, also by an earlier try, and how many of them are new
   */
  note(
    list: string,
    some: readonly Bounce[],
    scopesOf: Scopes,
    since: number,
  ): Promise<Noted> {
    return this.#store.alone(`bounces ${list}`, async (queries) => {
      const noted: Bounce[] = [];
      let fresh = 0;
      for (const page of chunks(some)) {
        const done = await this.#put(queries, list, page, scopesOf, since);
        noted.push(...done.noted);
        fresh += done.fresh;
      }
      return { noted, fresh };
    });
  }

  async #put(
    queries: Queries,
    list: string,
    some: readonly Bounce[],
    scopesOf: Scopes,
    since: number,
  ): Promise<Noted> {
    const known = new Map<string, Bounce[]>();
    const keys = [...new Set(some.map(({ key }) => key))].filter(Boolean);
    const add = (one: Bounce) => {
      const those = known.get(one.key);
      if (those) those.push(one);
      else known.set(one.key, [one]);
    };
    for (const one of await this.#read(queries, list, keys, since)) add(one);
    for (const { key, source } of some)
      if (key === "")
        for (const one of await this.#bySource(queries, list, source)) add(one);
    const counts = new Map<string, number>();
    const noted: Bounce[] = [];
    const fresh: Bounce[] = [];
    for (const bounce of some) {
      const those = known.get(bounce.key) ?? [];
      const before = those.find(({ source }) => source === bounce.source);
      if (before) noted.push(before);
      if (before || !isNew(bounce, those)) continue;
      // What is of no account hides nothing that is.
      const isFirst = !those.some(
        (one) =>
          dayOf(one.at) === dayOf(bounce.at) &&
          isAboutMember(one.kind) &&
          scopesOf(one, true).length > 0,
      );
      for (const scope of scopesOf(bounce, isFirst)) {
        const name = `${dayOf(bounce.at)} ${scope}`;
        counts.set(name, (counts.get(name) ?? 0) + 1);
      }
      add(bounce);
      fresh.push(bounce);
    }
    if (fresh.length > 0)
      await queries.executeQuery(
        this.#compiled.write(fresh.map((one) => rowOf(list, one))),
      );
    const days = [...counts].map(([name, n]) => {
      const [day = "", ...scope] = name.split(" ");
      return { scope: scope.join(" "), day: Number(day), n };
    });
    await this.#days.add(queries, list, days);
    return { noted: [...noted, ...fresh], fresh: fresh.length };
  }

  async #bySource(
    queries: Queries,
    list: string,
    source: string,
  ): Promise<Bounce[]> {
    const query = this.#compiled.bySource({ source, hash: hashOf(source) });
    const { rows } = await queries.executeQuery(query);
    return rows.filter((row) => row.list === list).map(bounceOf);
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

  /** The addresses of which something came, in the order of their keys, a page at a time. */
  async *keys(list: string, since: number): AsyncGenerator<string[]> {
    for (let after = ""; ; ) {
      const query = this.#compiled.keys({ list, after, since });
      const { rows } = await this.#store.queries.executeQuery(query);
      const page = rows.map(({ key }) => key);
      if (page.length > 0) yield page;
      if (page.length < PAGE) return;
      after = page.at(-1) ?? "";
    }
  }

  /** The lists that have something of an address. */
  async lists(key: string): Promise<string[]> {
    const query = this.#compiled.lists({ hash: hashOf(key), key });
    const { rows } = await this.#store.queries.executeQuery(query);
    return rows.map(({ list }) => list);
  }

  /** How many of each kind came within a time. */
  async sums(
    list: string,
    from: number,
    to: number,
  ): Promise<ReadonlyMap<BounceKind, number>> {
    const query = this.#compiled.sums({ list, from, to });
    const { rows } = await this.#store.queries.executeQuery(query);
    return new Map(
      rows.map(({ kind, n }) => [kind as BounceKind, Number(n)] as const),
    );
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
    const query = this.#compiled.sweep({ list, before });
    await this.#store.queries.executeQuery<unknown>(query);
    await this.#days.sweep(list, dayOf(before));
  }

  /** Forgets all of a list. @param queries the transaction in which it happens */
  async clear(queries: Queries, list: string): Promise<void> {
    await queries.executeQuery<unknown>(this.#compiled.clear({ list }));
    await this.#days.clear(queries, list);
  }
}

function rowOf(list: string, { at, ...bounce }: Bounce): object {
  // What is about nobody is looked up by what brought it.
  const hash = hashOf(bounce.key || bounce.source);
  return { ...bounce, list, hash, at, day: dayOf(at) };
}

function bounceOf(row: Omit<BounceRow, "id">): Bounce {
  const { key, address, at, post, reason, status, detail, source, report } =
    row;
  const kind = row.kind as BounceKind;
  const trust = row.trust as Trust;
  const what = { key, address, at, post, kind, trust };
  return { ...what, reason, status, detail, source, report };
}
