/** How much was sent in the last seconds, and how fast. Pure. */

/** Milliseconds: what counts, in pieces of so much. */
const LATELY = 10_000;
const PIECE = 500;
/** A spell that has only begun says little of a rate. */
const SPELL = 1000;

export class Lately {
  readonly #pieces: { readonly from: number; count: number }[] = [];

  add(count: number, time: number): void {
    const newest = this.#pieces.at(-1);
    if (newest !== undefined && time - newest.from < PIECE)
      newest.count += count;
    else this.#pieces.push({ from: time, count });
    this.#forget(time);
  }

  messages(time: number): number {
    this.#forget(time);
    return this.#pieces.reduce((sum, { count }) => sum + count, 0);
  }

  /** Messages a minute, from the first of them on. */
  rate(time: number): number {
    const messages = this.messages(time);
    const from = this.#pieces[0]?.from ?? time;
    return (messages * 60_000) / Math.max(SPELL, time - from);
  }

  #forget(time: number): void {
    while ((this.#pieces[0]?.from ?? time) < time - LATELY)
      this.#pieces.shift();
  }
}
