/**
 * All limits of a runner, kept over crashes: what was granted is on disk before it is sent, about
 * once a second. A file that cannot be read counts as a whole minute's worth, and a whole day's,
 * sent just now. Each runner has a file of its own; without a limit it is left alone.
 */
import { readFileSync } from "node:fs";
import type { Clock } from "../../base/clock.ts";
import { errnoOf } from "../../base/errors.ts";
import { replace } from "../../spool/durable.ts";
import {
  Allowance,
  type Allowed,
  type Answer,
  type Grant,
} from "./allowance.ts";
import type { Rates } from "./books.ts";
import type { Result, Turn } from "./governor.ts";
import { type PaceRecord, parseRecord } from "./record.ts";

export class Limits {
  readonly #path: string;
  readonly #clock: Clock;
  readonly #allowance: Allowance;
  #writing: Promise<void> | undefined;

  /** @param options `file` is this runner's own, see `inherited`; the rest as the settings say */
  constructor(options: Allowed & { readonly file: string }, clock: Clock) {
    this.#path = options.file;
    this.#clock = clock;
    this.#allowance = new Allowance(options, read(options.file), clock.now());
  }

  /**
   * Most recipients that a transaction may hold for a domain now: about a second's worth of the
   * slowest limit, at least 1. Ask right before `take`: more may never be granted.
   * @param most the most that the relay takes
   */
  portion(most: number, domain: string): number {
    return this.#allowance.portion(most, domain);
  }

  /**
   * Which domains may be in one transaction with this one: those of the same answer. A domain with
   * limits of its own goes alone; all others are "".
   */
  group(domain: string): string {
    return this.#allowance.group(domain);
  }

  /**
   * May `count` messages for `domain` go now?
   * @param count at most a portion
   * @returns a grant, to give back with `done`; or after how many milliseconds to ask again, and
   *   the limit that says so. It is worth asking sooner after `done`, `peers` and `change`
   */
  take(count: number, domain: string): Answer {
    return this.#allowance.take(count, domain, this.#clock.now());
  }

  /**
   * Gives a grant back; a second time does nothing.
   * @param used how many messages may have reached the relay, all by default
   */
  done(grant: Grant, used?: number): void {
    this.#allowance.done(grant, this.#clock.now(), used);
  }

  /** True when `take` gave grants that a restart would not know: await `record` before they are used. */
  get recordDue(): boolean {
    return this.#allowance.recordDue;
  }

  /** Resolves once all that was granted so far is on disk; throws the file system's error. */
  async record(): Promise<void> {
    const granted = this.#allowance.granted();
    while (!this.#allowance.covers(granted)) {
      this.#writing ??= this.#write(false).finally(() => {
        this.#writing = undefined;
      });
      await this.#writing;
    }
  }

  /**
   * Tells how a transaction ended.
   * @returns what the relay's governor makes of it, for the log (`sentence`)
   */
  told(result: Result): Turn | undefined {
    return this.#allowance.told(result, this.#clock.now());
  }

  /**
   * How many runners share the limits that all have together: to be told at the start, before
   * which nothing goes that is so limited, and whenever there are more or fewer.
   * @param count living ones, this one included
   * @param rank this one's place among them from 0, in an order that is the same for all; without
   *   it what does not divide evenly is lost
   */
  peers(count: number, rank?: number): void {
    this.#allowance.peers(count, rank, this.#clock.now());
  }

  /** Other limits from now on; what is not named stays. */
  change(rates: Partial<Rates>): void {
    this.#allowance.change(rates, this.#clock.now());
  }

  /** Writes the last record: after an orderly end the next start need assume nothing. */
  async close(): Promise<void> {
    await this.#writing?.catch(() => {});
    if (this.#allowance.isLimited) await this.#write(true);
  }

  async #write(last: boolean): Promise<void> {
    const draft = this.#allowance.draft(this.#clock.now(), last);
    await replace(this.#path, `${JSON.stringify(draft.record)}\n`);
    this.#allowance.recorded(draft);
  }
}

function read(path: string): PaceRecord | "unreadable" | undefined {
  try {
    return parseRecord(readFileSync(path, "utf8")) ?? "unreadable";
  } catch (error) {
    return errnoOf(error) === "ENOENT" ? undefined : "unreadable";
  }
}
