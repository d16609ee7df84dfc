/**
 * When to try again. Pure.
 */

export interface Retry {
  /** Milliseconds before the second try. */
  readonly first: number;
  /** Most milliseconds between two tries. */
  readonly most: number;
  /** Milliseconds after which an entry is given up. */
  readonly give_up: number;
}

/** An entry that kills its runners is given up after this many tries, however young. */
export const mostAttempts = 50;

/**
 * Milliseconds to wait after a failed try: doubling, with jitter of up to a quarter, so that
 * what failed together does not come back together.
 * @param attempt tries before this one
 * @param random from 0 to 1
 */
export function delay(retry: Retry, attempt: number, random: number): number {
  const doubled = retry.first * 2 ** Math.min(attempt, 30);
  return Math.min(doubled * (1 + random / 4), retry.most);
}

/** Whether an entry is to be given up. @param age milliseconds since its birth */
export function isSpent(retry: Retry, attempt: number, age: number): boolean {
  return age >= retry.give_up || attempt >= mostAttempts;
}
