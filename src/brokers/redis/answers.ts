/** What Redis answers to commands of streams, as values. Pure. */
import type { Answer } from "./server.ts";

export interface StreamEntry {
  readonly id: string;
  /** undefined: the stream has dropped it. */
  readonly fields: ReadonlyMap<string, string> | undefined;
}

/** A list of entries: pairs of an id and its fields. */
export function entriesOf(answer: Answer): StreamEntry[] {
  if (!Array.isArray(answer)) return [];
  return answer.flatMap((pair) => {
    if (!Array.isArray(pair)) return [];
    const [id, fields] = pair;
    return [{ id: String(id), fields: mapOf(fields) }];
  });
}

/** The answer of XAUTOCLAIM for one entry. */
export function takenOver(answer: Answer): {
  /** Where the next look starts; "0-0": from the beginning. */
  readonly next: string;
  readonly entry: StreamEntry | undefined;
  /** Those that the stream has dropped. */
  readonly gone: readonly string[];
} {
  const [next, entries = null, gone] = Array.isArray(answer) ? answer : [];
  return {
    next: String(next ?? "0-0"),
    entry: entriesOf(entries)[0],
    gone: Array.isArray(gone) ? gone.map(String) : [],
  };
}

/**
 * How many entries were dropped that a group had not read yet; 0 where the server cannot tell (before
 * Redis 7).
 * @param stream the answer of XINFO STREAM
 * @param groups that of XINFO GROUPS
 */
export function lostBefore(
  stream: Answer,
  groups: Answer,
  name: string,
): number {
  const all = mapOf(stream);
  const group = (Array.isArray(groups) ? groups : [])
    .map(mapOf)
    .find((one) => one?.get("name") === name);
  // One that begins late has lost nothing.
  if (group?.get("last-delivered-id") === "0-0") return 0;
  const [added, length, read] = [
    all?.get("entries-added"),
    all?.get("length"),
    group?.get("entries-read"),
  ].map((text) => (text === undefined ? Number.NaN : Number(text)));
  const lost = (added ?? 0) - (length ?? 0) - (read ?? 0);
  return Number.isNaN(lost) ? 0 : Math.max(lost, 0);
}

function mapOf(answer: Answer | undefined): Map<string, string> | undefined {
  if (!Array.isArray(answer)) return undefined;
  const found = new Map<string, string>();
  for (let at = 0; at + 1 < answer.length; at += 2) {
    const value = answer[at + 1];
    if (value !== null && !Array.isArray(value))
      found.set(String(answer[at]), String(value));
  }
  return found;
}
