/**
 * Whether the relay can be spoken to: after a failed connection nobody tries again before the
 * interval is over, which doubles with each failure; conversations that break off one after the other
 * count as a failure. So a dead relay costs one connection an interval, however much waits. Pure.
 */

/** Milliseconds. */
const FIRST = 10_000;
const MOST = 300_000;
/** Conversations that break off in a row before the relay is let alone. */
const PATIENCE = 2;

export class Health {
  #failures = 0;
  #broken = 0;
  #until = 0;
  #reason = "";

  /** Milliseconds since 1970 before which it is let alone; 0 where it is well. */
  get until(): number {
    return this.#until;
  }

  /** Why it is let alone, or was last. */
  get reason(): string {
    return this.#reason;
  }

  /**
   * No connection could be had.
   * @param random from 0 to 1
   * @param now milliseconds since 1970
   * @returns whether that is news: connections that fail together are one failure
   */
  failed(reason: string, random: number, now: number): boolean {
    if (this.#until > now) return false;
    const wait = Math.min(FIRST * 2 ** Math.min(this.#failures, 20), MOST);
    this.#failures += 1;
    this.#until = now + wait * (1 + random / 4);
    this.#reason = reason;
    this.#broken = 0;
    return true;
  }

  /** A conversation broke off. @returns whether the relay is let alone from now on */
  broke(reason: string, random: number, now: number): boolean {
    this.#broken += 1;
    return this.#broken >= PATIENCE && this.failed(reason, random, now);
  }

  /** A transaction came to its end. @returns whether the relay is back */
  worked(): boolean {
    const isBack = this.#failures > 0;
    this.#failures = 0;
    this.#broken = 0;
    this.#until = 0;
    return isBack;
  }
}
