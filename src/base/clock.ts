/**
 * The time. Everything that asks for it takes a Clock, so that tests own it.
 */

export interface Clock {
  /** Milliseconds since 1970-01-01 UTC. */
  now(): number;
}

/** The host's clock, however wrong it is. */
export const hostClock: Clock = { now: () => Date.now() };

/** Milliseconds by which the host's clock is known to be before the time of the home. */
let ahead = 0;

/** The time that this process goes by: the host's clock, or where that is known to be wrong, set right. */
export const systemClock: Clock = { now: () => hostClock.now() - ahead };

/** Milliseconds by which the host's clock is taken to be ahead. */
export function clockCorrection(): number {
  return ahead;
}

/** Sets the time right for this process. @param milliseconds by which the host's clock is ahead */
export function correctClock(milliseconds: number): void {
  ahead = milliseconds;
}

/** Starts to count. @returns asked for, the seconds since then, whatever the clock is set to */
export function stopwatch(): () => number {
  const start = performance.now();
  return () => (performance.now() - start) / 1000;
}
