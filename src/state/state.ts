/**
 * The state of a home: the tables that people's data lies in, in an SQLite file of one host or in a
 * PostgreSQL database that many hosts share.
 */

import type { Actor } from "./actor.ts";
import { BounceDays } from "./bounceDays.ts";
import { Bounces } from "./bounces.ts";
import { type Entry, Journal } from "./journal.ts";
import { makeLocal, openLocal, type Place } from "./local.ts";
import { Members } from "./members.ts";
import { postgresSteps } from "./migrations.ts";
import { Numbers } from "./numbers.ts";
import { Outbox } from "./outbox.ts";
import { Probes } from "./probes.ts";
import { renameList } from "./rename.ts";
import { Roles } from "./roles.ts";
import { Sizes } from "./sizes.ts";
import { Store } from "./store.ts";
import { Suppressed } from "./suppressed.ts";
import { Windows } from "./windows.ts";

export class State {
  readonly store: Store;
  readonly members: Members;
  readonly suppressed: Suppressed;
  readonly sizes: Sizes;
  readonly numbers: Numbers;
  readonly roles: Roles;
  readonly journal: Journal;
  readonly outbox: Outbox;
  readonly windows: Windows;
  readonly bounces: Bounces;
  readonly bounceDays: BounceDays;
  readonly probes: Probes;

  constructor(store: Store) {
    this.store = store;
    this.journal = new Journal(store);
    this.outbox = new Outbox(store);
    this.members = new Members(store, this.journal, this.outbox);
    this.roles = new Roles(store, this.journal, this.outbox);
    this.suppressed = new Suppressed(store);
    this.sizes = new Sizes(store);
    this.numbers = new Numbers(store);
    this.windows = new Windows(store);
    this.bounceDays = new BounceDays(store);
    this.bounces = new Bounces(store, this.bounceDays);
    this.probes = new Probes(store);
  }

  /**
   * Forgets a list: its members, their roles and history, who gets nothing of it, how large it was, and
   * what came back.
   * @param last the id of the entry of the journal that must be the last one, 0 for none; without it
   *   whatever has happened since
   * @returns false, with nothing changed, where another one is
   */
  clear(list: string, last?: number): Promise<boolean> {
    const names = [`members ${list}`, "suppressed"];
    return this.store.alone(names, async (queries) => {
      const now = (await this.journal.span(list, queries))?.last ?? 0;
      if (last !== undefined && last !== now) return false;
      const { members, roles, journal, sizes, bounces, probes } = this;
      const all = [members, roles, journal, sizes, bounces, probes];
      for (const table of [...all, this.suppressed])
        await table.clear(queries, list);
      return true;
    });
  }

  /**
   * Gives a list the history that it had, with its return as the last entry.
   * @param now milliseconds since 1970
   */
  restoreJournal(
    list: string,
    entries: AsyncIterable<Omit<Entry, "id">>,
    now: number,
    actor: Actor,
  ): Promise<void> {
    return this.store.alone(`members ${list}`, async (queries) => {
      await this.journal.replace(queries, list, entries);
      const happened = { key: "", address: "", what: "restored", detail: "" };
      await this.journal.write(queries, list, [happened], now, actor);
    });
  }

  /** Gives a list another address. @param now milliseconds since 1970 */
  rename(from: string, to: string, now: number, actor: Actor): Promise<void> {
    return renameList(this.store, this.journal, { from, to }, now, actor);
  }

  close(): Promise<void> {
    return this.store.close();
  }
}

/**
 * Opens a state, brought up to date where needed.
 * Throws a Failure where there is none, it is of a newer listmill, damaged, another host's, or cannot
 * be asked.
 */
export function openState(place: Place): Promise<State> {
  return stateAt(place, false);
}

/** Makes a state where there is none, and opens it like `openState`. */
export function makeState(place: Place): Promise<State> {
  return stateAt(place, true);
}

async function stateAt(
  { home, server }: Place,
  mayBeNew: boolean,
): Promise<State> {
  if (!server)
    return new State(
      Store.ofFile(mayBeNew ? makeLocal(home) : openLocal(home)),
    );
  // Read where it is needed: it takes a tenth of a second.
  const { Pool } = await import("./postgres.ts");
  const { upgrade } = await import("./upgrade.ts");
  const pool = new Pool(server);
  try {
    await upgrade(pool, postgresSteps, mayBeNew);
  } catch (error) {
    await pool.end();
    throw error;
  }
  return new State(Store.ofServer(pool));
}
