/**
 * A server that says nothing, in the words that all sources have for it. Pure.
 */

/** @param timeout milliseconds that were waited */
export function silence(timeout: number): Error {
  return new Error(`no answer within ${timeout / 1000} s`);
}
