/**
 * A folder name by name: memory is flat, however many there are. What is moved into or out of it
 * meanwhile may be met or not.
 */
import { type Dirent, opendirSync } from "node:fs";
import { errnoOf } from "../../base/errors.ts";

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
