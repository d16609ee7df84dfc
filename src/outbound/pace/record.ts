/** What a restart must know of all windows of a runner, as JSON. Pure. */
import type { WindowRecord } from "./window.ts";

export interface PaceRecord {
  /** When it was written, in milliseconds since 1970. */
  readonly at: number;
  readonly windows: Readonly<Record<string, WindowRecord>>;
}

/** Reads a record that was written as JSON; undefined when it is none. */
export function parseRecord(text: string): PaceRecord | undefined {
  try {
    const found = JSON.parse(text) as PaceRecord;
    const numbers = [found.at];
    for (const window of Object.values(found.windows)) {
      numbers.push(window.inFlight, window.reserve);
      for (const [end, count] of window.past) numbers.push(end, count);
    }
    return numbers.every((n) => Number.isFinite(n) && n >= 0)
      ? found
      : undefined;
  } catch {
    return undefined;
  }
}
