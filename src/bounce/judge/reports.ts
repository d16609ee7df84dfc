/**
 * The reports themselves, kept for a while: HOME/archive/LIST/bounces/<day>/<entry>.eml, linked to where
 * the entry has it. Kept again for the same entry, it is the same file.
 */
import { linkSync, readdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { errnoOf } from "../../base/errors.ts";
import {
  type FileRange,
  isRange,
  lengthOf,
  type Piece,
  slice,
} from "../../base/pieces.ts";
import { makeFolder, replace, syncPath } from "../../spool/durable.ts";
import { dayOf } from "../../state/bounce.ts";

/** Of what came for no list. */
const NO_LIST = "@bounces";
/** Most bytes of a report that are kept: what is behind them is the message that came back. */
const LARGEST = 1024 * 1024;

/** Where a list's are. @param list its address; undefined: of none */
export function reportsOf(home: string, list: string | undefined): string {
  return join(home, "archive", list ?? NO_LIST, "bounces");
}

/**
 * The name of a report below that.
 * @param id `[a-z0-9-]`
 * @param received when the entry came, the same in every try
 */
export function reportName(id: string, received: string): string {
  const at = Date.parse(received);
  const day = new Date(Number.isNaN(at) ? 0 : at).toISOString().slice(0, 10);
  return `${day}/${id}.eml`;
}

/** Keeps a report; on disk when this returns. Throws the file system's error. */
export async function keepReport(
  folder: string,
  name: string,
  content: readonly Piece[],
): Promise<void> {
  const path = join(folder, name);
  await makeFolder(dirname(path));
  if (statSync(path, { throwIfNoEntry: false })) return;
  if (linked(content, path)) await syncPath(dirname(path));
  else await replace(path, slice(content, 0, LARGEST));
}

/** A whole file that is not too large may be shared as it is. */
function linked(content: readonly Piece[], path: string): boolean {
  const [only, ...more] = content;
  if (!only || more.length > 0 || !isRange(only)) return false;
  if (only.start !== 0 || only.end !== statSync(only.path).size) return false;
  if (lengthOf(content) > LARGEST) return false;
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

/** A kept report; undefined where it is gone. @param name as `reportName` gave it */
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
