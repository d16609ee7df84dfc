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

/**
 * Milliseconds to wait after a failed try: doubling, with jitter of up to a quarter, so that
 * what failed together does not come back together.
 * @param attempt tries before this one
 * @param random from 0 to 1
 */
export function delay(retry: Retry, attempt: number, random: number): number {
  const doubled = retry.first * 2 ** Math.min(attempt, 30);
  // At the longest wait too, what failed together must not come back together.
  return Math.min(doubled, retry.most * 0.8) * (1 + random / 4);
}

/** Whether an entry is to be given up. @param age milliseconds since its birth */
export function isSpent(retry: Retry, age: number): boolean {
  return age >= retry.give_up;
}

/** An entry that kills its runners may do so this often. */
const DEATHS = 50;
/** More do not fit into an entry's name. */
const MOST = 99_999;

/** Whether an entry came back more often than its tries explain, however young it is. */
export function isDeadly(retry: Retry, attempt: number): boolean {
  return attempt >= Math.min(DEATHS + retry.give_up / retry.most, MOST);
}

/** Milliseconds in words for a log line. */
export function words(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200
    ? `${Math.round(seconds / 60)} min`
    : `${Math.round(seconds / 3600)} h`;
}
