/**
 * The demo asserts what it shows: what is not as told ends it.
 */
import { setTimeout as pause } from "node:timers/promises";

/** Something was not as the demo tells it. */
export class Untold extends Error {}

/** Ends the demo unless it is so. */
export function expect(what: string, isSo: boolean): asserts isSo {
  if (!isSo) throw new Untold(`not as told: ${what}`);
}

const PATIENCE = 20_000;

/** Waits until it is so, 20 seconds at most. */
export async function until(what: string, isSo: () => boolean): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!isSo()) {
    expect(`${what}, within ${PATIENCE / 1000} s`, performance.now() < end);
    await pause(25);
  }
}
