/**
 * What is told of recipients, each of them once: the first that was said of him counts. Pure.
 */
import { RECIPIENTS } from "./dsn.ts";

interface Named {
  readonly recipient: string;
  readonly final?: string;
}

/** @param by which of his addresses makes a recipient the same; the one that was mailed by default */
export function unique<T extends Named>(
  told: readonly T[],
  by: (one: T) => string = ({ recipient }) => recipient,
): T[] {
  const found = new Map<string, T>();
  for (const one of told) {
    const key = by(one).toLowerCase();
    if (!found.has(key) && found.size < RECIPIENTS) found.set(key, one);
  }
  return [...found.values()];
}
