/**
 * Puts a post under the next number of a sequence: by a link where the content is a whole file of
 * the spool, else by a copy. The bytes are on disk before they have a number; after a crash the
 * same id finds its number again.
 */
import { statSync, unlinkSync, utimesSync } from "node:fs";
import { errnoOf } from "../base/errors.ts";
import { isRange, type Piece } from "../base/pieces.ts";
import { makeFolder, syncPath, writeNew } from "../spool/durable.ts";
import { type Allotted, allot, recentOf } from "./sequence.ts";
import { draftPath } from "./ticket.ts";

export interface Deposit {
  /** The sequence's folder; made where missing. */
  readonly folder: string;
  /** `[a-z0-9-]`, the same in every try. */
  readonly id: string;
  readonly content: readonly Piece[];
  /** `[A-Za-z0-9-]`, kept from the first call for the id. */
  readonly note?: string;
  /** The file's time of modification, to the minute. Missing: whatever the file has. */
  readonly time?: Date;
}

/** Numbers the content, mode 0640. Throws the file system's error. */
export async function deposit(given: Deposit): Promise<Allotted> {
  const file = linkable(given);
  if (file !== undefined) {
    await syncPath(file);
    try {
      return await allot(given.folder, file, given.id, given.note);
    } catch (error) {
      if (!["EXDEV", "EMLINK", "EPERM"].includes(errnoOf(error) ?? ""))
        throw error;
    }
  }
  return copy(given);
}

async function copy(given: Deposit): Promise<Allotted> {
  const recent = recentOf(given.folder);
  await makeFolder(recent);
  const draft = draftPath(recent, given.id);
  await writeNew(draft, given.content);
  try {
    if (given.time) utimesSync(draft, given.time, given.time);
    return await allot(given.folder, draft, given.id, given.note);
  } finally {
    unlinkSync(draft);
  }
}

/** Far below what any file system allows a file (ext4: 65,000). */
const MOST_LINKS = 10_000;

const MINUTE = 60_000;

/** The file that the content is, if it may be shared as it is. */
function linkable(given: Deposit): string | undefined {
  const [only, ...more] = given.content;
  if (only === undefined || more.length > 0 || !isRange(only)) return undefined;
  const found = statSync(only.path);
  const whole = only.start === 0 && only.end === found.size;
  const open = (found.mode & 0o777) === 0o640;
  const late =
    given.time && Math.abs(found.mtimeMs - given.time.getTime()) > MINUTE;
  return whole && open && !late && found.nlink < MOST_LINKS
    ? only.path
    : undefined;
}
