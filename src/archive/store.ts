/**
 * The archive of a list: one file a post, numbered from 1 without gaps or doubles.
 *
 *     <archive>/numbers/0/17         the post with this number
 *     <archive>/2026/07/17.eml       the same file, where a person looks for it
 *
 * Bytes, then number, then month: after a crash between them the same id goes on where it was.
 * A post that is taken out leaves an empty file under its number (tombstones.ts), for a number without a
 * file could be given again.
 */
import { join } from "node:path";
import { exit, Failure } from "../base/errors.ts";
import type { FileRange, Piece } from "../base/pieces.ts";
import { deposit } from "../lists/deposit.ts";
import { numberPath, numbersOf } from "../lists/sequence.ts";
import { makeFolder, syncPath } from "../spool/durable.ts";
import { claimName, statOfNew } from "../spool/nfs.ts";

export interface Storing {
  /** HOME/archive/<list address>; made where missing. */
  readonly archiveDir: string;
  /** The entry's id: the same in every try. */
  readonly id: string;
  readonly content: readonly Piece[];
  /** The time of storing; its month in UTC is where the file goes. The first try's counts. */
  readonly date: Date;
  /** When it came in, for a post that is not new: the file's time of modification. */
  readonly time?: Date;
}

export interface Stored {
  readonly number: number;
  readonly path: string;
}

/** Stores a post, once for an id; on disk when this returns. Throws the file system's error. */
export async function store(post: Storing): Promise<Stored> {
  const { number, note, path } = await deposit({
    folder: numbersOf(post.archiveDir),
    id: post.id,
    content: post.content,
    note: monthOf(post.date),
    ...(post.time ? { time: post.time } : {}),
  });
  const month = join(post.archiveDir, ...note.split("-"));
  await makeFolder(month);
  const place = join(month, `${number}.eml`);
  if (!claimName(path, place))
    throw new Failure(
      exit.cannotCreate,
      `${place} is not post ${number} of the archive (that is ${path}): move it away`,
    );
  await syncPath(month);
  return { number, path: place };
}

/** `2026-07`; the first month for a date that has none of that form. */
function monthOf(date: Date): string {
  const text = date.toISOString();
  return /^\d{4}-/.test(text) ? text.slice(0, 7) : "1970-01";
}

/** The post with this number; undefined where there is none. */
export function find(
  archiveDir: string,
  number: number,
): FileRange | undefined {
  const path = numberPath(numbersOf(archiveDir), number);
  const found = statOfNew(path);
  return found && { path, start: 0, end: found.size };
}
