/**
 * A folder name by name: memory is flat, however many there are. What is moved into or out of it
 * meanwhile may be met or not.
 */
import { type Dirent, opendirSync } from "node:fs";
import { errnoOf } from "../../base/errors.ts";

/** Whether an error says that this account may not do it. */
export function isClosed(error: unknown): boolean {
  const code = errnoOf(error);
  return code === "EACCES" || code === "EPERM";
}

/** The same, and nothing where this account may not look: that is told elsewhere. */
export function* openNamesIn(folder: string): Generator<Dirent> {
  try {
    yield* namesIn(folder);
  } catch (error) {
    if (!isClosed(error)) throw error;
  }
}

/** Nothing where there is no such folder. Throws what keeps it from being read. */
export function* namesIn(folder: string): Generator<Dirent> {
  let dir: ReturnType<typeof opendirSync>;
  try {
    dir = opendirSync(folder, { bufferSize: 256 });
  } catch (error) {
    const code = errnoOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return;
    throw error;
  }
  try {
    for (let found = dir.readSync(); found; found = dir.readSync()) yield found;
  } finally {
    dir.closeSync();
  }
}
