/**
 * What NFS does to an answer, handled in one place: a rename or link may happen on the server
 * while its reply is lost; the client asks again and is told ENOENT or EEXIST. So after an error
 * look what really happened, and before that open the folder: a name that this host has seen absent may
 * stay absent for half a minute otherwise. Files made with O_EXCL need no such look: their
 * request carries a verifier (RFC 1813, 3.3.8; RFC 8881, 18.16.3). A file that is gone already when it
 * is unlinked is as well as unlinked.
 */
import {
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  type Stats,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { errnoOf } from "../base/errors.ts";

/**
 * Renames to a name that nobody else makes. True: it happened (now, or in a try whose reply was
 * lost). False: the source is gone, somebody else took it. Throws any other error, and ENOENT
 * where it is the folder of `to` that is missing.
 */
export function move(from: string, to: string): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    const code = errnoOf(error);
    if (code !== "ENOENT" && code !== "ESTALE") throw error;
    if (!existsNow(dirname(to))) throw error;
    return stands(to);
  }
}

/** Renames a file over whatever stands at `to`. Throws if it did not happen. */
export function moveFile(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT" || isThere(from) || !isThere(to))
      throw error;
  }
}

/**
 * Links a file to a name that several may try for. True: this link has it. False: another file
 * has that name. Throws any other error.
 */
export function claimName(file: string, name: string): boolean {
  try {
    linkSync(file, name);
    return true;
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
    // Some servers' file numbers are larger than a double holds.
    const mine = lstatSync(file, { bigint: true });
    const there = lstatSync(name, { bigint: true });
    return mine.ino === there.ino && mine.dev === there.dev;
  }
}

/** What stands at a path that another host may have made a moment ago; undefined: nothing does. */
export function statOfNew(path: string): Stats | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found) return found;
  try {
    readdirSync(dirname(path));
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
  return statSync(path, { throwIfNoEntry: false });
}

/** Whether a file is what NFS keeps of one that was removed while somebody had it open. */
export function isKept(name: string): boolean {
  return name.startsWith(".nfs");
}

/** Makes a folder of a name that nobody else makes. Throws EEXIST where something is in it. */
export function makeOwn(path: string): void {
  try {
    mkdirSync(path);
  } catch (error) {
    if (errnoOf(error) !== "EEXIST" || namesIn(path)?.length !== 0) throw error;
  }
}

/**
 * Whether a name is there as the server has it. Opening the folder has the client ask about it (close to
 * open), and what it remembers of names in there, absent ones too, counts no more where it has changed.
 */
export function isThere(path: string): boolean {
  return existsNow(dirname(path)) && stands(path);
}

function stands(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function existsNow(folder: string): boolean {
  try {
    closeSync(openSync(folder, "r"));
    return true;
  } catch (error) {
    const code = errnoOf(error);
    if (code === "ENOENT" || code === "ESTALE") return false;
    throw error;
  }
}

function namesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
