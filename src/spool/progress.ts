/**
 * What has been done of an entry already: lines added and synced by the one node that holds it, so
 * that a retry or a takeover does the rest only. Room for them may be taken before: blanks at the end,
 * which the notes then overwrite, so that a full disk is met before anything was done that could not
 * be noted, and a sync need not make the file longer. No line end is among them: a line that a crash
 * tore is never taken for a whole one.
 */
import {
  closeSync,
  fdatasync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { errnoOf } from "../base/errors.ts";
import { type Claim, Fenced, fencedOr } from "./claim.ts";
import { syncPath } from "./durable.ts";
import { isThere } from "./nfs.ts";

const sync = promisify(fdatasync);
const LF = 10;
const BLANK = 32;

export class Progress {
  readonly #claim: Claim;
  readonly #path: string;
  /** Bytes of whole lines; undefined before the file was looked at. */
  #whole: number | undefined;
  #fd: number | undefined;
  /** There is no such file, and only this node can make it. */
  #isMissing = false;

  constructor(claim: Claim) {
    this.#claim = claim;
    this.#path = fileOf(claim.path);
  }

  /** The whole lines so far. */
  lines(): string[] {
    if (this.#isMissing) return [];
    const found = wholeLines(this.#path);
    this.#isMissing = found === undefined;
    this.#whole = found?.size ?? 0;
    return found?.lines ?? [];
  }

  /**
   * Takes room for so many bytes, and waits until it is on disk. Throws ENOSPC on a full disk, and
   * takes none of it then; Fenced where the claim is gone.
   */
  async reserve(bytes: number): Promise<void> {
    const fd = this.#open();
    const { size } = fstatSync(fd);
    const more = (this.#whole ?? 0) + bytes - size;
    if (more > 0) fillOrNothing(fd, more, size);
    try {
      await Promise.all([sync(fd), syncPath(this.#claim.path)]);
    } catch (error) {
      throw fencedOr(error, this.#claim);
    }
  }

  /** Adds lines and waits until they are on disk. Throws Fenced where the claim is gone. */
  async append(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    const fd = this.#open();
    const from = this.#whole ?? 0;
    const data = Buffer.from(`${lines.join("\n")}\n`);
    writeOrNothing(fd, data, from);
    this.#whole = from + data.length;
    await sync(fd);
  }

  /** Nothing is added any more; the next call opens it again. */
  close(): void {
    if (this.#fd !== undefined) closeSync(this.#fd);
    this.#fd = undefined;
  }

  #open(): number {
    if (this.#fd !== undefined) {
      // An open file follows its entry to whoever took it over.
      if (isThere(this.#claim.path)) return this.#fd;
      this.close();
      throw new Fenced(this.#claim.path);
    }
    if (this.#whole === undefined) this.lines();
    this.#isMissing = false;
    const whole = this.#whole ?? 0;
    try {
      this.#fd = openSync(this.#path, "r+");
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
      try {
        this.#fd = openSync(this.#path, "wx+", 0o640);
      } catch (made) {
        throw fencedOr(made, this.#claim);
      }
    }
    // What a crash tore goes, or it would be read as a line one day.
    if (isTorn(this.#fd, whole)) ftruncateSync(this.#fd, whole);
    return this.#fd;
  }
}

/** The whole lines of an entry's progress file, for those who look only; none where there is none. */
export function progressOf(entry: string): string[] {
  return wholeLines(fileOf(entry))?.lines ?? [];
}

function fileOf(entry: string): string {
  return join(entry, "progress");
}

/** Behind them is one that a crash tore, or room for more. @returns them, and their bytes */
function wholeLines(
  path: string,
): { lines: string[]; size: number } | undefined {
  let data: Buffer;
  try {
    data = readFileSync(path);
  } catch (error) {
    const code = errnoOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw error;
  }
  const size = data.lastIndexOf(LF) + 1;
  const lines = data.toString("utf8", 0, size).split("\n");
  lines.pop();
  return { lines, size };
}

/** Whether anything but room follows. */
function isTorn(fd: number, whole: number): boolean {
  const { size } = fstatSync(fd);
  if (size <= whole) return false;
  const last = readFileSync(fd).subarray(whole);
  return last.some((byte) => byte !== BLANK);
}

/** Written again and again: a buffer for each entry would be much waste. */
const ROOM = Buffer.alloc(16 * 1024, BLANK);

/** Takes room; none of it where not all can be had. */
function fillOrNothing(fd: number, count: number, position: number): void {
  try {
    for (let done = 0; done < count; ) {
      const some = Math.min(ROOM.length, count - done);
      done += writeSync(fd, ROOM, 0, some, position + done);
    }
  } catch (error) {
    ftruncateSync(fd, position);
    throw error;
  }
}

/** Where not all can be written, the file ends where that would have begun. */
function writeOrNothing(fd: number, data: Uint8Array, position: number): void {
  try {
    for (let done = 0; done < data.length; )
      done += writeSync(fd, data, done, data.length - done, position + done);
  } catch (error) {
    ftruncateSync(fd, position);
    throw error;
  }
}
