/**
 * Failures, each recipient once: the first that was said of him counts. Pure.
 */
import { RECIPIENTS } from "./dsn.ts";
import type { Failure } from "./report.ts";

export function unique(failures: readonly Failure[]): Failure[] {
  const found = new Map<string, Failure>();
  for (const failure of failures) {
    const key = failure.recipient.toLowerCase();
    if (!found.has(key) && found.size < RECIPIENTS) found.set(key, failure);
  }
  return [...found.values()];
}
