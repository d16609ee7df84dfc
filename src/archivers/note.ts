/**
 * A note of what is about to be done, which a crash leaves for whoever comes next.
 */
import { readFileSync, unlinkSync } from "node:fs";
import { errnoOf } from "../base/errors.ts";
import { replace } from "../spool/durable.ts";

/** On disk when this returns. */
export function writeNote(path: string, note: object): Promise<void> {
  return replace(path, `${JSON.stringify(note)}\n`);
}

/** What was noted; undefined where nothing is left to be looked after. */
export function noteIn<T>(path: string): T | undefined {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as T;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

export function clearNote(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
}
