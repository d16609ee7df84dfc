/**
 * Tries whether a file system can do what the spool relies on, in a folder of its own that is
 * removed again. Each problem is a sentence with what to do.
 */
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { errnoOf, exit, Failure, messageOf } from "../base/errors.ts";

/** Errors that a person must mend. */
const lasting = ["EACCES", "EPERM", "EROFS", "ENOENT", "ENOTDIR"];

/** The file operations that are probed; a test gives others. */
export const fileOperations = {
  linkSync,
  renameSync,
  mkdirSync,
  openSync,
  fsyncSync,
  statSync,
};

/**
 * @param folder the spool's root; it must exist
 * @returns what the file system cannot do; nothing where all is well. Throws Failure 75 where it cannot be
 *   tried just now: the disk is full, the file server away
 */
export function probe(folder: string, fs = fileOperations): string[] {
  let place: string;
  try {
    place = mkdtempSync(join(folder, ".probe-"));
  } catch (error) {
    const what = `${folder} cannot be written to: ${messageOf(error)}`;
    if (lasting.includes(errnoOf(error) ?? "")) return [what];
    throw new Failure(exit.tryLater, what, { cause: error });
  }
  const problems: string[] = [];
  const attempt = (what: string, act: () => boolean) => {
    try {
      if (!act()) problems.push(`${folder}: ${what}`);
    } catch (error) {
      problems.push(
        `${folder}: ${what} (${errnoOf(error) ?? messageOf(error)})`,
      );
    }
  };
  const at = (name: string) => join(place, name);
  const elsewhere =
    "; put the spool on a local file system such as ext4 or XFS, or on NFS";
  try {
    mkdirSync(at("entry"));
    writeFileSync(at("entry/message"), "one\n");
    attempt(`its file system has no hard links${elsewhere}`, () => {
      fs.linkSync(at("entry/message"), at("link"));
      return fs.statSync(at("link")).nlink === 2;
    });
    attempt(`a folder cannot be renamed with what is in it${elsewhere}`, () => {
      fs.renameSync(at("entry"), at("taken"));
      return (
        readdirSync(at("taken")).join() === "message" &&
        !readdirSync(place).includes("entry")
      );
    });
    attempt(`a rename runs over a folder that is not empty${elsewhere}`, () => {
      mkdirSync(at("other"));
      writeFileSync(at("other/file"), "");
      return refuses(() => fs.renameSync(at("taken"), at("other")));
    });
    attempt(`a file is not replaced by a rename${elsewhere}`, () => {
      writeFileSync(at("old"), "old");
      writeFileSync(at("new"), "new");
      fs.renameSync(at("new"), at("old"));
      return statSync(at("old")).size === 3;
    });
    attempt(`mkdir succeeds twice for one name${elsewhere}`, () =>
      refuses(() => fs.mkdirSync(at("other"))),
    );
    attempt(`a folder cannot be synced to disk${elsewhere}`, () => {
      const fd = fs.openSync(place, "r");
      try {
        fs.fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      return true;
    });
    attempt(`names that differ only in case are one${elsewhere}`, () => {
      writeFileSync(at("Case"), "");
      return (
        !readdirSync(place).includes("case") &&
        refuses(() => statSync(at("case")))
      );
    });
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
  return problems;
}

function refuses(act: () => unknown): boolean {
  try {
    act();
    return false;
  } catch {
    return true;
  }
}
