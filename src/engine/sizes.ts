/**
 * How much programs have written, looked at while they may still write, rename and remove.
 */
import { lstatSync, opendirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Bytes that a file or folder counts at least: very many empty ones are no small output. */
const LEAST = 1024;
/** Looking may take this share of the time. */
const SHARE = 0.05;

/** Bytes of a file; 0 where it is not there. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Whether all in a folder is no more than so many bytes; links are not followed. */
export function fits(folder: string, most: number): boolean {
  let left = most;
  const folders = [folder];
  for (let at = folders.pop(); at !== undefined; at = folders.pop())
    for (const name of namesIn(at)) {
      const path = join(at, name);
      const stat = stateOf(path);
      const isFolder = stat?.isDirectory() ?? false;
      if (isFolder) folders.push(path);
      left -= isFolder ? LEAST : Math.max(LEAST, stat?.size ?? 0);
      if (left < 0) return false;
    }
  return left >= 0;
}

/**
 * A look that may cost much, as one that costs little: while it is too early for another, it finds
 * nothing.
 * @param seconds a clock that never goes back
 */
export function seldom<Found>(
  look: () => Found,
  seconds: () => number,
): () => Found | undefined {
  let next = Number.NEGATIVE_INFINITY;
  return () => {
    const began = seconds();
    if (began < next) return undefined;
    const found = look();
    const ended = seconds();
    next = ended + (ended - began) / SHARE;
    return found;
  };
}

/** The names in a folder that a hook may change, close or take away meanwhile. */
function* namesIn(folder: string): Generator<string> {
  const entries = attempt(() => opendirSync(folder, { bufferSize: 256 }));
  if (!entries) return;
  try {
    for (;;) {
      const entry = attempt(() => entries.readSync());
      if (!entry) return;
      yield entry.name;
    }
  } finally {
    entries.closeSync();
  }
}

function stateOf(path: string) {
  return attempt(() => lstatSync(path, { throwIfNoEntry: false }));
}

/** Undefined where a hook has made it impossible: a folder closed, a path too long. */
function attempt<Value>(look: () => Value): Value | undefined {
  try {
    return look();
  } catch {
    return undefined;
  }
}
