/**
 * How fast mail leaves: messages of the last minute, to the second. Pure.
 */

const SECONDS = 60;

export class Speed {
  readonly #counts = new Array<number>(SECONDS).fill(0);
  /** The last second that was counted in. */
  #second = 0;

  /** @param now milliseconds, of a clock that may jump */
  add(count: number, now: number): void {
    const at = this.#advance(now);
    this.#counts[at] = (this.#counts[at] ?? 0) + count;
  }

  /** Messages in the last 60 seconds. @param now milliseconds */
  lastMinute(now: number): number {
    this.#advance(now);
    return this.#counts.reduce((sum, count) => sum + count, 0);
  }

  /** Forgets what is over. @returns the place of this second */
  #advance(now: number): number {
    const second = Math.floor(now / 1000);
    const passed = second - this.#second;
    // A clock that was set back has told nothing of these seconds.
    const over = passed < 0 ? SECONDS : Math.min(passed, SECONDS);
    for (let ago = 0; ago < over; ago += 1)
      this.#counts[(((second - ago) % SECONDS) + SECONDS) % SECONDS] = 0;
    this.#second = second;
    return ((second % SECONDS) + SECONDS) % SECONDS;
  }
}
