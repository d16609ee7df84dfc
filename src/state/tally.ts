/**
 * How often each hook ran, what it said and how long it took, counted in memory and added to the
 * table hook_runs now and then. A crash loses what was not added yet, and nothing else; a state
 * that cannot be written delays the counting, never the mail. Each host counts what its own
 * runners did.
 */
import { messageOf } from "../base/errors.ts";
import { type Local, openCounts, type Place } from "./local.ts";
import type { Database } from "./sqlite.ts";

/** What a run came to. `timeout` is a "later" because of the time limit. */
export const outcomes = [
  "pass",
  "skip",
  "later",
  "timeout",
  "reject",
  "hold",
  "discard",
] as const;
export type Outcome = (typeof outcomes)[number];

export interface Run {
  /** The hook's path. */
  readonly hook: string;
  /** The list's address; "" where there is none. */
  readonly list: string;
  readonly observed: boolean;
  readonly outcome: Outcome;
  readonly milliseconds: number;
}

interface Cell {
  runs: number;
  worst: number;
}

/** Different (hook, list, outcome, time) that wait in memory, at most. */
const WAITING = 20_000;
/** Lists that are told apart: strangers can ask for endless ones where lists are made on demand. */
const LISTS = 20_000;
/** Milliseconds to wait for another process that writes: mail waits meanwhile. */
const BUSY = 100;
/** The smallest bucket: about a microsecond. */
export const LOWEST = -20;
const BUCKETS = 64;

/** The bucket of a time: powers of the square root of two, so its middle is a fifth off at most. */
export function bucketOf(milliseconds: number): number {
  const power = Math.floor(2 * Math.log2(milliseconds));
  return Math.min(Math.max(power, LOWEST), LOWEST + BUCKETS - 1);
}

/** The time in the middle of a bucket, milliseconds. */
export function middleOf(bucket: number): number {
  return 2 ** ((bucket + 0.5) / 2);
}

/** Counts for one runner. */
export class Tally {
  readonly #place: Place;
  readonly #complain: (text: string) => void;
  /** By hook, by list, by what follows from `keyOf`. */
  #counted = new Map<string, Map<string, Map<number, Cell>>>();
  #waiting = 0;
  #local: Local | undefined;
  #broken = false;
  readonly #lists = new Set<string>();

  /** @param complain told once why the counts cannot be written */
  constructor(place: Place, complain: (text: string) => void) {
    this.#place = place;
    this.#complain = complain;
  }

  count({ hook, list, observed, outcome, milliseconds }: Run): void {
    const key = keyOf(observed, outcome, bucketOf(milliseconds));
    const cell = this.#counted.get(hook)?.get(list)?.get(key);
    if (cell) {
      cell.runs += 1;
      if (milliseconds > cell.worst) cell.worst = milliseconds;
    } else if (this.#waiting < WAITING) {
      const lists = inside(this.#counted, hook);
      inside(lists, list).set(key, { runs: 1, worst: milliseconds });
      this.#waiting += 1;
    }
  }

  /** Adds what was counted to the state; what cannot be added stays for the next time. */
  flush(): void {
    if (this.#waiting === 0) return;
    try {
      this.#local ??= this.#open();
      this.#write(this.#local.db);
      this.#counted = new Map();
      this.#waiting = 0;
      this.#broken = false;
    } catch (error) {
      if (!this.#broken)
        this.#complain(`hooks are not counted for now: ${messageOf(error)}`);
      this.#broken = true;
    }
  }

  close(): void {
    this.flush();
    this.#local?.close();
    this.#local = undefined;
  }

  #open(): Local {
    const local = openCounts(this.#place);
    const { db } = local;
    // Counts may be lost with the machine: no disk is waited for.
    db.pragma("synchronous = NORMAL");
    db.pragma(`busy_timeout = ${BUSY}`);
    const known = db.prepare("SELECT DISTINCT list FROM hook_runs").pluck();
    for (const list of known.all()) this.#lists.add(String(list));
    return local;
  }

  #write(db: Database): void {
    const add = db.prepare(
      `INSERT INTO hook_runs (hook, list, observed, verdict, bucket, runs, worst)
       VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET
         runs = runs + excluded.runs, worst = max(worst, excluded.worst)`,
    );
    db.transaction(() => {
      for (const [hook, lists] of this.#counted)
        for (const [list, cells] of lists)
          for (const [key, { runs, worst }] of cells) {
            const { observed, outcome, bucket } = ofKey(key);
            const name = this.#nameOf(list);
            add.run(hook, name, Number(observed), outcome, bucket, runs, worst);
          }
    }).immediate();
  }

  #nameOf(list: string): string {
    if (this.#lists.size < LISTS) this.#lists.add(list);
    return this.#lists.has(list) ? list : "";
  }
}

/** The map in a map, made where it is missing. */
function inside<K, V>(outer: Map<string, Map<K, V>>, key: string): Map<K, V> {
  const found = outer.get(key) ?? new Map<K, V>();
  outer.set(key, found);
  return found;
}

/** A whole number for whether it was observed, the outcome and the bucket. */
function keyOf(observed: boolean, outcome: Outcome, bucket: number): number {
  const kind = outcomes.indexOf(outcome) * 2 + Number(observed);
  return kind * BUCKETS + bucket - LOWEST;
}

function ofKey(key: number): {
  observed: boolean;
  outcome: Outcome;
  bucket: number;
} {
  const kind = Math.floor(key / BUCKETS);
  return {
    observed: kind % 2 === 1,
    outcome: outcomes[Math.floor(kind / 2)] ?? "later",
    bucket: (key % BUCKETS) + LOWEST,
  };
}
