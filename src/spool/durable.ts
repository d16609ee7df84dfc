/**
 * Writing so that a power failure leaves the old or the new and nothing between:
 * write, fsync, rename, fsync of the folder. A file that cannot be written whole is removed again.
 */
import { randomUUID } from "node:crypto";
import {
  closeSync,
  fsync,
  mkdirSync,
  openSync,
  rmSync,
  writeSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { chunks, type Piece } from "../base/pieces.ts";
import { moveFile } from "./nfs.ts";

const sync = promisify(fsync);

/** What can be written: text, pieces, or a stream of bytes. */
export type Content = string | readonly Piece[] | AsyncIterable<Uint8Array>;

/** Waits until the file or folder at `path` is on disk. */
export async function syncPath(path: string): Promise<void> {
  const fd = openSync(path, "r");
  try {
    await sync(fd);
  } finally {
    closeSync(fd);
  }
}

/**
 * Writes a new file and waits until its bytes are on disk; the folder is not synced.
 * Throws EEXIST where there is one already, ENOSPC on a full disk (nothing is left then).
 * @param mode who may read it; the umask takes from it
 */
export async function writeNew(
  path: string,
  content: Content,
  mode = 0o640,
): Promise<void> {
  const fd = openSync(path, "wx", mode);
  try {
    if (typeof content === "string") writeAll(fd, Buffer.from(content));
    else
      for await (const chunk of Array.isArray(content)
        ? chunks(content)
        : (content as AsyncIterable<Uint8Array>))
        writeAll(fd, chunk);
    await sync(fd);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** Replaces a file that only this process writes: all of the new content or all of the old. */
export async function replace(path: string, content: Content): Promise<void> {
  const draft = join(dirname(path), `.${randomUUID()}.draft`);
  await writeNew(draft, content);
  moveFile(draft, path);
  await syncPath(dirname(path));
}

/** Makes a folder and those above it, and waits until the new names are on disk. */
export async function makeFolder(path: string): Promise<void> {
  const first = mkdirSync(path, { recursive: true });
  if (first === undefined) return;
  for (let at = path; at.length >= first.length; at = dirname(at))
    await syncPath(dirname(at));
}

/** Writes all bytes, whatever the kernel takes at a time. */
export function writeAll(fd: number, data: Uint8Array): void {
  for (let done = 0; done < data.length; )
    done += writeSync(fd, data, done, data.length - done);
}
