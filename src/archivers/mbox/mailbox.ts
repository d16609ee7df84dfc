/**
 * A mailbox file that gets messages at its end, each once. What is about to be appended is noted beside it
 * (`.NAME.pending`) first: after a crash in the middle whoever comes next takes a torn tail away, or sees
 * that all of it is there. What others have written is never cut.
 */
import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { errnoOf } from "../../base/errors.ts";
import { failpoint } from "../../base/failpoint.ts";
import { chunks } from "../../base/pieces.ts";
import { syncPath } from "../../spool/durable.ts";
import { clearNote, noteIn, writeNote } from "../note.ts";

/** What is about to be appended. */
export interface Pending {
  readonly number: number;
  readonly identity: string;
  /** The size of the file before, in bytes, and after. */
  readonly start: number;
  readonly end: number;
  /** SHA-256 of what is between. */
  readonly digest: string;
  /** The line that begins it. */
  readonly from: string;
}

/** What is to be appended: the same bytes as often as it is asked for. */
export interface Piece {
  readonly number: number;
  readonly identity: string;
  /** `From ` and so on, with its line end. */
  readonly from: string;
  bytes(): AsyncIterable<Uint8Array>;
}

/**
 * Appends to the file; on disk when this returns. Its folder is there, and it is locked.
 * Where it throws, such as ENOSPC, nothing of it is left.
 */
export async function append(path: string, piece: Piece): Promise<void> {
  const { length, digest } = await measured(piece.bytes());
  const { O_RDWR, O_CREAT } = constants;
  const fd = openSync(path, O_RDWR | O_CREAT, 0o640);
  try {
    const was = fstatSync(fd).size;
    const gap = gapAt(fd, was);
    const { number, identity, from } = piece;
    const start = was + gap.length;
    const end = start + length;
    const noted = { number, identity, start, end, digest, from, was };
    await writeNote(pendingOf(path), noted);
    failpoint("mbox-noted");
    try {
      await write(fd, gap, piece, noted);
      if (was === 0) await syncPath(dirname(path));
    } catch (error) {
      takeBack(path, fd, noted);
      throw error;
    }
    failpoint("mbox-written");
  } finally {
    closeSync(fd);
  }
}

async function write(fd: number, gap: Buffer, piece: Piece, noted: Noted) {
  writeAt(fd, gap, noted.was);
  let at = noted.start;
  for await (const chunk of piece.bytes()) {
    at += writeAt(fd, chunk, at);
    failpoint("mbox-half");
  }
  fsyncSync(fd);
}

/** After an error, while it is still locked: whoever comes next need not know of it. */
function takeBack(path: string, fd: number, noted: Noted): void {
  try {
    cut(fd, noted);
    settle(path);
  } catch {
    // The note stays: the next one does it.
  }
}

/** Says that what was noted has been seen to. */
export function settle(path: string): void {
  clearNote(pendingOf(path));
}

/**
 * Looks after what a crash has left: a torn tail goes.
 * @returns what was noted and is there, whole; undefined where there is nothing such
 */
export async function mend(path: string): Promise<Pending | undefined> {
  const pending = noteIn<Noted>(pendingOf(path));
  if (!pending) return undefined;
  let fd: number;
  try {
    fd = openSync(path, "r+");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
  try {
    const { start, end, digest } = pending;
    const { size } = fstatSync(fd);
    if (size >= end) {
      const there = await measured(chunks([{ path, start, end }]));
      if (there.digest === digest) {
        fsyncSync(fd);
        return pending;
      }
    }
    if (size < end) cut(fd, pending);
    return undefined;
  } finally {
    closeSync(fd);
  }
}

/** Cuts off what was appended, where nobody else has written behind it. */
function cut(fd: number, noted: Noted): void {
  const { size } = fstatSync(fd);
  const { was, end } = noted;
  if (size <= was || size > end || !isOurs(fd, noted, size)) return;
  ftruncateSync(fd, was);
  fsyncSync(fd);
}

/** Whether what lies behind the old end is a beginning of what was to come there, and nothing else. */
function isOurs(fd: number, { was, start, from }: Noted, size: number) {
  const gap = bytesAt(fd, was, Math.min(start, size));
  const first = bytesAt(fd, start, Math.min(size, start + from.length));
  if (/[^\n]/.test(gap) || !from.startsWith(first)) return false;
  for (let at = start + from.length - 1; at < size; at += CHUNK) {
    const text = bytesAt(fd, at, Math.min(size, at + CHUNK + FROM));
    if (THEIRS.test(text)) return false;
  }
  return true;
}

const CHUNK = 64 * 1024;
/** Bytes of a `From ` line that are looked for. */
const FROM = 600;
/**
 * What may begin a message of another program: a `From ` that is not quoted, and, for it may have been
 * written behind a line that was torn in the middle, a whole line `From … hh:mm:ss yyyy` anywhere. One that
 * stands in a message of ours saves a torn tail: it is not cut.
 */
const THEIRS =
  /\nFrom |From [^\n]{0,500}\d:\d\d(?::\d\d)?(?: [A-Z]{1,5})? \d{4}(?: [+-]\d{4})?\r?\n/;

interface Noted extends Pending {
  /** The size of the file before, with a last line that may not have been ended. */
  readonly was: number;
}

function pendingOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.pending`);
}

/** What must come before a message, where the file does not end in an empty line. */
function gapAt(fd: number, size: number): Buffer {
  const tail = bytesAt(fd, Math.max(0, size - 2), size);
  if (size === 0 || tail === "\n\n") return Buffer.alloc(0);
  return Buffer.from(tail.endsWith("\n") ? "\n" : "\n\n");
}

/** Latin-1. */
function bytesAt(fd: number, start: number, end: number): string {
  if (end <= start) return "";
  const buffer = Buffer.alloc(end - start);
  const got = readSync(fd, buffer, 0, buffer.length, start);
  return buffer.toString("latin1", 0, got);
}

function writeAt(fd: number, bytes: Uint8Array, position: number): number {
  for (let done = 0; done < bytes.length; )
    done += writeSync(fd, bytes, done, bytes.length - done, position + done);
  return bytes.length;
}

async function measured(
  bytes: AsyncIterable<Uint8Array>,
): Promise<{ length: number; digest: string }> {
  const hash = createHash("sha256");
  let length = 0;
  for await (const chunk of bytes) {
    length += chunk.length;
    hash.update(chunk);
  }
  return { length, digest: hash.digest("hex") };
}
