/**
 * The reports themselves, kept for a while: HOME/archive/LIST/bounces/<day>/<entry>.eml, linked to where
 * the entry has it. Kept again for the same entry, it is the same file.
 */
import { linkSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../../base/errors.ts";
import { type FileRange, isRange, type Piece } from "../../base/pieces.ts";
import { makeFolder, syncPath, writeNew } from "../../spool/durable.ts";
import { dayOf } from "../../state/bounces.ts";

/** Of what came for no list. */
const NO_LIST = "@bounces";

/** Where a list's are. @param list its address; undefined: of none */
export function reportsOf(home: string, list: string | undefined): string {
  return join(home, "archive", list ?? NO_LIST, "bounces");
}

/**
 * Keeps a report; on disk when this returns.
 * @param id `[a-z0-9-]`
 * @returns its name below the folder. Throws the file system's error.
 */
export async function keepReport(
  folder: string,
  id: string,
  content: readonly Piece[],
  now: number,
): Promise<string> {
  const day = new Date(now).toISOString().slice(0, 10);
  const place = join(folder, day);
  await makeFolder(place);
  const name = `${id}.eml`;
  const path = join(place, name);
  if (!statSync(path, { throwIfNoEntry: false })) {
    if (!linked(content, path)) await written(content, path);
    await syncPath(place);
  }
  return `${day}/${name}`;
}

/** A whole file may be shared as it is. */
function linked(content: readonly Piece[], path: string): boolean {
  const [only, ...more] = content;
  if (!only || more.length > 0 || !isRange(only)) return false;
  if (only.start !== 0 || only.end !== statSync(only.path).size) return false;
  try {
    linkSync(only.path, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return true;
    if (["EXDEV", "EMLINK", "EPERM"].includes(errnoOf(error) ?? ""))
      return false;
    throw error;
  }
}

async function written(content: readonly Piece[], path: string): Promise<void> {
  try {
    await writeNew(path, content);
  } catch (error) {
    if (errnoOf(error) === "EEXIST") {
      // A try before this one may have died while it wrote.
      rmSync(path, { force: true });
      return writeNew(path, content);
    }
    throw error;
  }
}

/** A kept report; undefined where it is gone. @param name as `keepReport` gave it */
export function reportAt(folder: string, name: string): FileRange | undefined {
  if (!/^\d{4}-\d\d-\d\d\/[a-z0-9-]+\.eml$/.test(name)) return undefined;
  const path = join(folder, name);
  const found = statSync(path, { throwIfNoEntry: false });
  return found && { path, start: 0, end: found.size };
}

/** Removes those of days that are over for so long. @param keep milliseconds */
export function sweepReports(folder: string, now: number, keep: number): void {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return;
    throw error;
  }
  const first = dayOf(now - keep);
  for (const name of names) {
    const day = dayOf(Date.parse(`${name}T00:00:00Z`));
    if (day < first) rmSync(join(folder, name), { recursive: true });
  }
}
