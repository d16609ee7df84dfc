/**
 * A time limit for all of a source's answer. A source that is silent beyond it is let go, and ends by
 * its own limits.
 */
import { exit, Failure } from "../../base/errors.ts";

export interface Limit {
  /** The section of the source, for the error. */
  readonly name: string;
  readonly milliseconds: number;
}

/** The same answer. Throws a Failure (try later) where it does not end in time. */
export async function* within<T>(
  source: AsyncIterable<T>,
  { name, milliseconds }: Limit,
): AsyncGenerator<T> {
  const answer = source[Symbol.asyncIterator]();
  const seconds = Math.round(milliseconds / 100) / 10;
  const late = new Failure(
    exit.tryLater,
    `[${name}] no whole answer within ${seconds} s, two thirds of what is left of hooks.timeout`,
  );
  let isLate = false;
  // No Promise.race: that would keep what came of every wait.
  let giveUp = (_: Error) => {};
  const timer = setTimeout(() => {
    isLate = true;
    giveUp(late);
  }, milliseconds);
  try {
    for (;;) {
      const next = await new Promise<IteratorResult<T>>((resolve, reject) => {
        giveUp = reject;
        if (isLate) reject(late);
        else answer.next().then(resolve, reject);
      });
      if (next.done) return;
      yield next.value;
    }
  } finally {
    clearTimeout(timer);
    const ended = answer.return?.();
    if (isLate) ended?.catch(() => {});
    else await ended;
  }
}
