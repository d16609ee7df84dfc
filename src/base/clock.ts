/**
 * The time. Everything that asks for it takes a Clock, so that tests own it.
 */

export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
}

/** The host's clock. */
export const systemClock: Clock = { now: () => Date.now() };

/** Starts to count. @returns asked for, the seconds since then, whatever the clock is set to */
export function stopwatch(): () => number {
  const start = performance.now();
  return () => (performance.now() - start) / 1000;
}
