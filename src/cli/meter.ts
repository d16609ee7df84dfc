/**
 * How far long work is, on a terminal; nothing where stderr is none.
 */
import type { Clock } from "../base/clock.ts";
import { plural } from "../base/log.ts";

/** Milliseconds between two words. */
const PACE = 200;

export class Meter {
  readonly #clock: Clock;
  readonly #one: string;
  readonly #many: string;
  #done = 0;
  #told: number;

  /** What is short is not worth a word. */
  constructor(clock: Clock, one: string, many: string) {
    this.#clock = clock;
    this.#one = one;
    this.#many = many;
    this.#told = clock.now();
  }

  /** @param more that are done since the last call */
  add(more: number): void {
    this.#done += more;
    if (!process.stderr.isTTY) return;
    const now = this.#clock.now();
    if (now - this.#told < PACE) return;
    this.#told = now;
    process.stderr.write(`\r${plural(this.#done, this.#one, this.#many)}`);
  }

  /** Before anything else is written. */
  wipe(): void {
    if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  }
}
