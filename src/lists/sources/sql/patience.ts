/**
 * Waits for a server: none longer than the timeout, and all over once the connection is lost, also
 * those that a package would forget to end.
 */
import { silence } from "../silence.ts";

export interface Patience {
  /** Tells that the connection is of no use any more; the first reason stays. */
  readonly lost: (reason: Error) => void;
  /** Waits. Throws what the work throws, the reason of the loss, or that time is up. */
  wait<T>(work: Promise<T>): Promise<T>;
}

/** @param timeout milliseconds for each wait */
export function patience(timeout: number): Patience {
  let reason: Error | undefined;
  // No Promise.race with one promise of the loss: that would keep the result of every wait.
  const waiting = new Set<(reason: Error) => void>();
  const lost = (why: Error) => {
    reason ??= why;
    for (const end of waiting) end(reason);
  };
  return {
    lost,
    wait: (work) =>
      new Promise((resolve, reject) => {
        const late = () => lost(silence(timeout));
        const timer = setTimeout(late, timeout);
        const over = () => {
          clearTimeout(timer);
          waiting.delete(end);
        };
        const end = (why: Error) => {
          over();
          reject(why);
        };
        waiting.add(end);
        work.then((value) => {
          over();
          resolve(value);
        }, end);
        if (reason) end(reason);
      }),
  };
}
