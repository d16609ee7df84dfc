/** Waits for a broker that is away. Pure. */

/** Milliseconds: the first wait, and the longest. */
const WAITS = { first: 1000, most: 30_000 };

/** @param failures how often it was away before, one after the other @returns milliseconds */
export function waitAfter(failures: number): number {
  return Math.min(WAITS.first * 2 ** Math.min(failures, 10), WAITS.most);
}
