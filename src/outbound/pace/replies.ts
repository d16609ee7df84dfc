/**
 * How long the relay takes to answer, lately and usually. What is usual changes in minutes of mail,
 * so a relay that got slower for good is taken as it is after a while. Pure.
 */

/** So many times the usual, and so many seconds, are slow. */
const TIMES = 4;
const SECONDS = 1;
/** The weight of the last reply in what is lately so. */
const LAST = 1 / 8;
/** Milliseconds in which the usual changes. */
const USUAL = 600_000;
/** Milliseconds: a longer pause in the mail teaches no more. */
const GAP = 10_000;

export class Replies {
  #count = 0;
  #at = 0;
  #lately = 0;
  #usually = 0;

  add(seconds: number, time: number): void {
    this.#count += 1;
    const first = 1 / this.#count;
    const since = Math.min(GAP, time - this.#at);
    const slowly = Math.max(first, 1 - Math.exp(-since / USUAL));
    this.#at = time;
    this.#lately += (seconds - this.#lately) * Math.max(first, LAST);
    this.#usually += (seconds - this.#usually) * slowly;
  }

  /** Seconds. */
  get lately(): number {
    return this.#lately;
  }

  /** Seconds. */
  get usually(): number {
    return this.#usually;
  }

  get areSlow(): boolean {
    return this.#lately > Math.max(SECONDS, TIMES * this.#usually);
  }
}
