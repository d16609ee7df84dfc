/**
 * A time that never goes back: where the host's clock is set back, it stands still for a moment and
 * then runs on from there, so that nothing leaves a window late or early by an hour. Pure.
 */
export class Steady {
  #time: number;
  #lead = 0;

  /** @param from where it goes on, in milliseconds: that of a record of before a restart */
  constructor(from = Number.NEGATIVE_INFINITY) {
    this.#time = from;
  }

  /** @param now milliseconds since 1970, by the host. @returns the same, never less than before */
  at(now: number): number {
    if (now + this.#lead < this.#time) this.#lead = this.#time - now;
    this.#time = now + this.#lead;
    return this.#time;
  }
}
