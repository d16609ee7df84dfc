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

/** Appends to the file; on disk when this returns. Its folder is there, and it is locked. */
export async function append(path: string, piece: Piece): Promise<void> {
  const { length, digest } = await measured(piece.bytes());
  const { O_RDWR, O_CREAT } = constants;
  const fd = openSync(path, O_RDWR | O_CREAT, 0o640);
  try {
    const start = fstatSync(fd).size;
    const gap = gapAt(fd, start);
    const { number, identity, from } = piece;
    const begin = start + gap.length;
    const end = begin + length;
    const pending = { number, identity, start: begin, end, digest, from };
    await writeNote(pendingOf(path), { ...pending, was: start });
    failpoint("mbox-noted");
    writeAt(fd, gap, start);
    let at = begin;
    for await (const chunk of piece.bytes()) {
      at += writeAt(fd, chunk, at);
      failpoint("mbox-half");
    }
    fsyncSync(fd);
    if (start === 0) await syncPath(dirname(path));
    failpoint("mbox-written");
  } finally {
    closeSync(fd);
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
    const { was, start, end, digest } = pending;
    const { size } = fstatSync(fd);
    if (size >= end) {
      const there = await measured(chunks([{ path, start, end }]));
      if (there.digest === digest) {
        fsyncSync(fd);
        return pending;
      }
    }
    if (size > was && size < end && isOurs(fd, pending, size)) {
      ftruncateSync(fd, was);
      fsyncSync(fd);
    }
    return undefined;
  } finally {
    closeSync(fd);
  }
}

/** Whether what lies behind the old end is a beginning of what was to come there, and nothing else. */
function isOurs(fd: number, { was, start, from }: Noted, size: number) {
  const gap = bytesAt(fd, was, Math.min(start, size));
  const first = bytesAt(fd, start, Math.min(size, start + from.length));
  if (/[^\n]/.test(gap) || !from.startsWith(first)) return false;
  // Each `From ` in a message is quoted: one that is not is the next message, and not ours.
  for (let at = start + from.length - 1; at < size; at += CHUNK) {
    const text = bytesAt(fd, at, Math.min(size, at + CHUNK + 5));
    if (text.includes("\nFrom ")) return false;
  }
  return true;
}

const CHUNK = 64 * 1024;

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
