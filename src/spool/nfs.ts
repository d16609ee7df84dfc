/**
 * What NFS does to an answer, handled in one place: a rename or link may happen on the server
 * while its reply is lost; the client asks again and is told ENOENT or EEXIST. So after an error
 * look what really happened. Folders are listed, never asked for one name: a name that this host
 * has seen absent may stay absent for half a minute. Files made with O_EXCL need no such look: their
 * request carries a verifier (RFC 1813, 3.3.8; RFC 8881, 18.16.3). A file that is gone already when it
 * is unlinked is as well as unlinked.
 */
import {
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
} from "node:fs";
import { basename, dirname } from "node:path";
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
    const names = namesBeside(to);
    if (!names) throw error;
    return names.includes(basename(to));
  }
}

/** Renames a file over whatever stands at `to`. Throws if it did not happen. */
export function moveFile(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT" || isListed(from) || !isListed(to))
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

function isListed(path: string): boolean {
  return namesBeside(path)?.includes(basename(path)) ?? false;
}

/** What lies in the folder of a path; undefined where there is no such folder. */
function namesBeside(path: string): string[] | undefined {
  return namesIn(dirname(path));
}

function namesIn(folder: string): string[] | undefined {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}
