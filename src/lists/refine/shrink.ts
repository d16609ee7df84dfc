/**
 * Whether a list came out much smaller than the last time, which a broken source may be the cause
 * of. Pure.
 */
import type { ListSettings } from "../schema/list.ts";
import { type SourceName, sources } from "../schema/sources.ts";

/** Lists of fewer were smaller by a large share soon. */
const LEAST = 50;

/** Whether a list has other recipients than its members: it is there to be empty by mistake only. */
export function hasSource(settings: ListSettings): boolean {
  return Object.keys(sources).some(
    (name) => settings[name as SourceName] !== undefined,
  );
}

/** @param limit percent that may be gone */
export function isShrunk(last: number, now: number, limit: number): boolean {
  return last >= LEAST && (last - now) * 100 > last * limit;
}
