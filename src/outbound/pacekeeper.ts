/**
 * Keeps a runner's pace over crashes: what was granted is on disk before it is sent, about once a
 * second. A file that cannot be read counts as a whole minute's worth sent just now. Each runner
 * has a file of its own. Takers are served in the order in which they came.
 */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../base/clock.ts";
import { errnoOf } from "../base/errors.ts";
import { replace } from "../spool/durable.ts";
import { type Grant, Pace, parseRecord } from "./pace.ts";

export class Pacekeeper {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #limited: boolean;
  readonly #pace: Pace;
  /** Settles when the takers that came before are served. */
  #queue: Promise<void> = Promise.resolve();
  #wake: AbortController | undefined;

  /**
   * @param path this runner's own file
   * @param perMinute messages a minute; 0 means no limit, and the file is left alone
   */
  constructor(path: string, perMinute: number, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
    this.#limited = perMinute !== 0;
    const text = this.#limited ? read(path) : undefined;
    this.#pace =
      text === undefined
        ? new Pace(perMinute)
        : Pace.restored(perMinute, parseRecord(text), clock.now());
  }

  /** How many recipients one transaction may hold, given the most that the relay takes. */
  portion(most: number): number {
    return this.#pace.portion(most);
  }

  /**
   * Waits until `count` messages may be sent.
   * @param count at most a portion
   * @returns a grant to give back with `done`; throws the signal's reason, or the file system's error
   */
  async take(count: number, signal?: AbortSignal): Promise<Grant> {
    const before = this.#queue;
    const served = Promise.withResolvers<void>();
    this.#queue = before.then(() => served.promise);
    try {
      await orAborted(before, signal);
      for (;;) {
        signal?.throwIfAborted();
        const answer = this.#pace.take(count, this.#clock.now());
        if ("grant" in answer) return await this.#recorded(answer.grant);
        await this.#pause(answer.wait, signal);
      }
    } finally {
      served.resolve();
    }
  }

  /**
   * Gives a grant back.
   * @param used how many messages may have reached the relay
   */
  done(grant: Grant, used?: number): void {
    this.#pace.done(grant, this.#clock.now(), used);
    this.#wake?.abort();
  }

  /** Writes the last record: after an orderly end the next start need assume nothing. */
  async close(): Promise<void> {
    await this.#queue;
    if (this.#limited) await this.#write(true);
  }

  async #recorded(grant: Grant): Promise<Grant> {
    try {
      if (this.#pace.recordDue) await this.#write(false);
      return grant;
    } catch (error) {
      this.done(grant, 0);
      throw error;
    }
  }

  async #write(last: boolean): Promise<void> {
    const record = this.#pace.record(this.#clock.now(), last);
    await replace(this.#path, `${JSON.stringify(record)}\n`);
    this.#pace.recorded(record);
  }

  /** Waits, but no longer than until something in flight is done. */
  async #pause(wait: number, signal?: AbortSignal): Promise<void> {
    this.#wake = new AbortController();
    const signals = [this.#wake.signal, ...(signal ? [signal] : [])];
    try {
      await sleep(wait, undefined, { signal: AbortSignal.any(signals) });
    } catch {
      signal?.throwIfAborted();
    } finally {
      this.#wake = undefined;
    }
  }
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    return errnoOf(error) === "ENOENT" ? undefined : "";
  }
}

async function orAborted(
  promise: Promise<void>,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (signal === undefined) return promise;
  signal.throwIfAborted();
  const aborted = Promise.withResolvers<void>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    await Promise.race([promise, aborted.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
