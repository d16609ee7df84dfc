/**
 * How fast a runner may send: at most N messages in any closed window of 60 seconds, evenly spaced,
 * also across a restart. One recipient counts as one message. Pure.
 *
 * Why it holds: nobody here knows when a message reaches the relay, only that it is between its
 * grant and its completion. So a message occupies the window from its grant until 60 s after its
 * completion, and a grant is given only if all that is occupied stays within N. Take any window
 * and the last granted message in it: each other message of that window completed after the window
 * began, so it was still counted when the last one was granted.
 *
 * After a crash: the record names what was occupied when it was written, and a reserve of messages
 * that may be granted before the next record is due. Whatever was in flight or in reserve counts
 * as sent at the moment of the restart.
 */

const WINDOW = 60_000;
/** Completions are counted in buckets of this many milliseconds, and leave at a bucket's end. */
const BUCKET = 200;
/** Milliseconds of lateness that may be caught up: timers fire late, never early. */
const SLACK = 200;

/** Permission to send `count` messages; give it back with `done`. */
export interface Grant {
  readonly count: number;
}

/** What a restart must know. Times are milliseconds since 1970. */
export interface PaceRecord {
  /** When it was written. */
  readonly at: number;
  /** Completed messages: when their bucket ends, how many. */
  readonly past: readonly (readonly [end: number, count: number])[];
  /** Granted and not completed. */
  readonly inFlight: number;
  /** May be granted before the next record is written. */
  readonly reserve: number;
}

export class Pace {
  readonly #perMinute: number;
  #past: { end: number; count: number }[] = [];
  readonly #inFlight = new Set<Grant>();
  #occupied = 0;
  #reserve = 0;
  #sinceRecord = 0;
  #nextAt = Number.NEGATIVE_INFINITY;
  /** The last time seen, on a clock of our own that never goes back, and its lead over the host's. */
  #time = Number.NEGATIVE_INFINITY;
  #lead = 0;

  /** @param perMinute messages a minute; 0 means no limit */
  constructor(perMinute: number) {
    this.#perMinute = perMinute;
  }

  /**
   * Goes on after a restart.
   * @param record what was read back; undefined for a record that cannot be read, which counts as
   *   a whole minute's worth sent just now
   */
  static restored(
    perMinute: number,
    record: PaceRecord | undefined,
    now: number,
  ): Pace {
    const pace = new Pace(perMinute);
    if (record !== undefined) {
      pace.#time = record.at;
      for (const [end, count] of record.past) pace.#occupy(end, count);
    }
    const time = pace.#advance(now);
    const unknown = record ? record.inFlight + record.reserve : perMinute;
    if (unknown > 0) pace.#occupy(bucketEnd(time), unknown);
    // The last one went no later than the record, or than now where it says nothing of it.
    const last = unknown > 0 || !record ? time : record.at;
    if (pace.#occupied > 0)
      pace.#nextAt = last + pace.#spacing(pace.portion(perMinute));
    return pace;
  }

  /**
   * How many recipients one transaction may hold: about a second's worth, at least 1.
   * @param most the most that the relay takes
   */
  portion(most: number): number {
    if (this.#perMinute === 0) return Math.max(1, most);
    return Math.max(1, Math.min(most, Math.floor(this.#perMinute / 60)));
  }

  /**
   * Asks to send.
   * @param count messages, at most a portion
   * @param now milliseconds since 1970
   * @returns a grant, or the milliseconds after which it is worth asking again (sooner once
   *   anything in flight is done)
   */
  take(count: number, now: number): { wait: number } | { grant: Grant } {
    const grant = { count };
    if (this.#perMinute === 0) return { grant };
    if (count > this.#perMinute)
      throw new RangeError(`${count} messages at once exceed a whole minute`);
    const time = this.#advance(now);
    const wait = Math.max(this.#nextAt - time, this.#untilFree(count, time));
    if (wait > 0) return { wait: Math.ceil(wait) };
    this.#inFlight.add(grant);
    this.#occupied += count;
    this.#sinceRecord += count;
    this.#nextAt = Math.max(this.#nextAt, time - SLACK) + this.#spacing(count);
    return { grant };
  }

  /**
   * Notes that a grant's messages are all sent or given up.
   * @param used how many may have reached the relay; the rest is free at once
   */
  done(grant: Grant, now: number, used: number = grant.count): void {
    if (!this.#inFlight.delete(grant)) return;
    this.#occupied -= grant.count;
    this.#occupy(bucketEnd(this.#advance(now)), used);
  }

  /** Whether `record` must be on disk before the messages granted last are sent. */
  get recordDue(): boolean {
    return this.#sinceRecord > this.#reserve;
  }

  /**
   * What a restart must know from here on. Grant nothing until it is written and `recorded`.
   * @param last true when nothing more will be granted, so that nothing need be in reserve
   */
  record(now: number, last = false): PaceRecord {
    const at = this.#advance(now);
    let inFlight = 0;
    for (const grant of this.#inFlight) inFlight += grant.count;
    return {
      at,
      past: this.#past.map(({ end, count }) => [end, count] as const),
      inFlight,
      reserve: last ? 0 : Math.floor(this.#perMinute / 60),
    };
  }

  /** Notes that a record is on disk. */
  recorded(record: PaceRecord): void {
    this.#reserve = record.reserve;
    this.#sinceRecord = 0;
  }

  #spacing(count: number): number {
    return this.#perMinute === 0 ? 0 : (count * WINDOW) / this.#perMinute;
  }

  /** Milliseconds until `count` more fit; 0 when they do. */
  #untilFree(count: number, time: number): number {
    let excess = this.#occupied + count - this.#perMinute;
    if (excess <= 0) return 0;
    for (const bucket of this.#past) {
      excess -= bucket.count;
      if (excess <= 0) return bucket.end + WINDOW + 1 - time;
    }
    return WINDOW;
  }

  #occupy(end: number, count: number): void {
    if (count <= 0) return;
    const newest = this.#past.at(-1);
    if (newest !== undefined && newest.end >= end) newest.count += count;
    else this.#past.push({ end, count });
    this.#occupied += count;
  }

  /** Our own time: a host's clock that is set back makes it stand still for a moment, not run. */
  #advance(now: number): number {
    if (now + this.#lead < this.#time) this.#lead = this.#time - now;
    this.#time = now + this.#lead;
    const kept = this.#past.findIndex(({ end }) => end + WINDOW >= this.#time);
    const expired = this.#past.splice(0, kept < 0 ? this.#past.length : kept);
    for (const bucket of expired) this.#occupied -= bucket.count;
    return this.#time;
  }
}

function bucketEnd(time: number): number {
  return Math.floor(time / BUCKET + 1) * BUCKET;
}

/** Reads a record that was written as JSON; undefined when it is none. */
export function parseRecord(text: string): PaceRecord | undefined {
  try {
    const found = JSON.parse(text) as PaceRecord;
    const numbers = [found.at, found.inFlight, found.reserve];
    for (const [end, count] of found.past) numbers.push(end, count);
    return numbers.every((n) => Number.isFinite(n) && n >= 0)
      ? found
      : undefined;
  } catch {
    return undefined;
  }
}
