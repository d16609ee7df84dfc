/**
 * At most N messages in any closed window of a length, also across a restart; evenly spaced where
 * the measure says so. One recipient counts as one message. Pure.
 *
 * Why it holds: nobody here knows when a message reaches the relay, only that it is between its
 * grant and its completion. So a message occupies the window from its grant until a length after
 * its completion, and a grant is given only if all that is occupied stays within N. Take any window
 * and the last granted message in it: each other message of that window completed after the window
 * began, so it was still counted when the last one was granted.
 *
 * After a change of N the same holds for the new N in each window with a message that was granted
 * since; one without holds only what was in flight at the change. What went under no limit is
 * counted too.
 *
 * After a crash: the record names what was occupied when it was written, and a reserve of messages
 * that may be granted before the next record is due. Whatever was in flight or in reserve counts
 * as sent at the moment of the restart.
 *
 * Times are milliseconds that never go back, as `Steady` gives them.
 */
import { DAY } from "../../base/units.ts";

export interface Measure {
  /** Of the window, in milliseconds. */
  readonly length: number;
  /** Completions are counted in buckets of this many milliseconds, and leave at a bucket's end. */
  readonly bucket: number;
  readonly spaced: boolean;
}

export const minute: Measure = { length: 60_000, bucket: 200, spaced: true };
/** A day of 24 hours, whenever it begins. */
export const day: Measure = {
  length: DAY,
  bucket: 300_000,
  spaced: false,
};

/** Milliseconds of lateness that may be caught up: timers fire late, never early. */
export const SLACK = 200;
/** Milliseconds until it is worth asking again where nobody knows: something in flight must end. */
export const AGAIN = 1000;
/** A record is due after this share of the limit: of a minute's, a second's worth. */
const RESERVE = 60;

/** What a restart must know of a window. */
export interface WindowRecord {
  /** Completed messages: when their bucket ends, how many. */
  readonly past: readonly (readonly [end: number, count: number])[];
  /** Granted and not completed. */
  readonly inFlight: number;
  /** May be granted before the next record is written. */
  readonly reserve: number;
}

export class Window {
  readonly #measure: Measure;
  #limit: number;
  readonly #past: { end: number; count: number }[] = [];
  #inFlight = 0;
  #occupied = 0;
  #nextAt = Number.NEGATIVE_INFINITY;
  /** Messages granted so far, and how many of them a restart would know of or have in reserve. */
  #granted = 0;
  #covered = 0;

  /** @param limit messages in a window; Infinity: no limit, 0: nothing goes */
  constructor(measure: Measure, limit: number) {
    this.#measure = measure;
    this.#limit = limit;
  }

  /**
   * Goes on after a restart.
   * @param record what was read back; undefined for one that cannot be read, which counts as a
   *   whole window's worth sent just now
   * @param at when the record was written
   */
  static restored(
    measure: Measure,
    limit: number,
    record: WindowRecord | undefined,
    at: number,
    time: number,
  ): Window {
    const window = new Window(measure, limit);
    for (const [end, count] of record?.past ?? []) window.#occupy(end, count);
    window.#expire(time);
    const most = Number.isFinite(limit) ? limit : 0;
    const unknown = record ? record.inFlight + record.reserve : most;
    window.#occupy(window.#bucketEnd(time), unknown);
    // The last one went no later than the record, or than now where it says nothing of it.
    const last = unknown > 0 ? time : at;
    if (measure.spaced && window.#occupied > 0 && most > 0)
      window.#nextAt = last + window.#spacing(window.portion(most));
    return window;
  }

  get limit(): number {
    return this.#limit;
  }

  /** How many one transaction may hold, at least 1: a second's worth if they are spaced, or what is left. */
  portion(most: number): number {
    const { spaced, length } = this.#measure;
    const left = this.#limit - this.#occupied;
    const share = spaced ? (this.#limit * 1000) / length : left;
    return Math.max(1, Math.min(most, Math.floor(share)));
  }

  /**
   * @param count messages, at most a portion: what is above the limit never goes
   * @returns 0 when they may go now, or the milliseconds after which it is worth asking again
   *   (sooner once anything in flight is done)
   */
  wait(count: number, time: number): number {
    this.#expire(time);
    const wait = Math.max(this.#nextAt - time, this.#untilFree(count, time));
    return Math.max(0, Math.ceil(wait));
  }

  /** Grants messages for which there is nothing to wait. */
  enter(count: number, time: number): void {
    this.#inFlight += count;
    this.#occupied += count;
    this.#granted += count;
    if (this.#measure.spaced)
      this.#nextAt =
        Math.max(this.#nextAt, time - SLACK) + this.#spacing(count);
  }

  /**
   * Notes that granted messages are all sent or given up.
   * @param used how many may have reached the relay; the rest is free at once
   */
  leave(count: number, used: number, time: number): void {
    this.#inFlight -= count;
    this.#occupied -= count;
    this.#expire(time);
    this.#occupy(this.#bucketEnd(time), used);
  }

  /** Another limit from now on. */
  change(limit: number, time: number): void {
    const rest = this.#nextAt - time;
    if (limit === Number.POSITIVE_INFINITY)
      this.#nextAt = Number.NEGATIVE_INFINITY;
    else if (rest > 0 && this.#limit > 0 && limit > 0)
      this.#nextAt = time + (rest * this.#limit) / limit;
    this.#limit = limit;
  }

  /** Whether a record must be on disk before the messages granted last are sent. */
  get recordDue(): boolean {
    return this.isLimited && this.#granted > this.#covered;
  }

  get isLimited(): boolean {
    return this.#limit !== Number.POSITIVE_INFINITY;
  }

  /** Messages granted so far. */
  get granted(): number {
    return this.#granted;
  }

  /** Of `granted`, those that a restart would know of or have in reserve. */
  get covered(): number {
    return this.#covered;
  }

  /** How much may be in reserve. */
  get reserve(): number {
    return Math.floor(this.#limit / RESERVE);
  }

  /** What a restart must know from here on. @param reserve at most what `reserve` says */
  record(reserve: number, time: number): WindowRecord {
    this.#expire(time);
    return {
      past: this.#past.map(({ end, count }) => [end, count] as const),
      inFlight: this.#inFlight,
      reserve,
    };
  }

  /**
   * Notes that another record is being written: what is granted meanwhile must be covered by both,
   * for either may be on disk after a crash.
   * @param covered what the other one will cover
   */
  uncover(covered: number): void {
    this.#covered = Math.min(this.#covered, covered);
  }

  /** Notes that a record is on disk. @param covered what was granted by then, and its reserve */
  recorded(covered: number): void {
    this.#covered = covered;
  }

  #spacing(count: number): number {
    return (count * this.#measure.length) / this.#limit;
  }

  /** Milliseconds until `count` more fit; 0 when they do. */
  #untilFree(count: number, time: number): number {
    let excess = this.#occupied + count - this.#limit;
    if (excess <= 0) return 0;
    if (count > this.#limit) return AGAIN;
    for (const bucket of this.#past) {
      excess -= bucket.count;
      if (excess <= 0) return bucket.end + this.#measure.length + 1 - time;
    }
    return AGAIN;
  }

  #occupy(end: number, count: number): void {
    if (count <= 0) return;
    const newest = this.#past.at(-1);
    if (newest !== undefined && newest.end >= end) newest.count += count;
    else this.#past.push({ end, count });
    this.#occupied += count;
  }

  #bucketEnd(time: number): number {
    const { bucket } = this.#measure;
    return Math.floor(time / bucket + 1) * bucket;
  }

  /** Forgets what no window that is still to come can hold. */
  #expire(time: number): void {
    const first = time - this.#measure.length;
    for (
      let oldest = this.#past[0];
      oldest !== undefined && oldest.end < first;
      oldest = this.#past[0]
    ) {
      this.#past.shift();
      this.#occupied -= oldest.count;
    }
  }
}
