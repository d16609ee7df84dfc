/**
 * Where homes to measure lie. Root gets an ext4 with a journal in an image of its own, for making a
 * file on one without may cost fifty times as much; others get the folder for temporary files, where
 * the image lies too (TMPDIR tells where that is). The image has no name any more once it is mounted,
 * so nothing but an empty folder is left of it even where the process was killed and somebody
 * unmounts it.
 */
import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { atEnd } from "./ending.ts";
import { filesystemOf } from "./filesystem.ts";

/** Of the image, which takes no more room than is written. */
const SIZE = "8G";
/** All tables of inodes are written now, not while something is measured. */
const AT_ONCE = "lazy_itable_init=0,lazy_journal_init=0";

let known: string | undefined;
let isImage = false;

/** The folder for homes; made with the first call, gone when the process ends. */
export function place(): string {
  known ??= make();
  return known;
}

/** Which file system homes lie on, for the title of a table. */
export function onPlace(): string {
  const folder = place();
  const below = isImage ? `, an image on ${filesystemOf(tmpdir())}` : "";
  return `homes on ${filesystemOf(folder)}${below}`;
}

function make(): string {
  const folder = mkdtempSync(join(tmpdir(), "listmill-bench-"));
  // Programs that are compared run under accounts of their own.
  chmodSync(folder, 0o755);
  isImage = process.getuid?.() === 0 && mount(folder);
  if (!isImage) {
    atEnd(() => rmSync(folder, { recursive: true, force: true }));
    return folder;
  }
  atEnd(() => {
    unmount(folder);
    rmdirSync(folder);
  });
  return folder;
}

/** @returns whether it could be done */
function mount(folder: string): boolean {
  const image = `${folder}.image`;
  try {
    call("truncate", ["-s", SIZE, image]);
    call("mkfs.ext4", ["-q", "-F", "-E", AT_ONCE, image]);
    call("mount", ["-o", "loop", image, folder]);
    return true;
  } catch (error) {
    console.error(`no image to mount: ${(error as Error).message.trim()}`);
    return false;
  } finally {
    rmSync(image, { force: true });
  }
}

/** What is still open there, of a program that was just killed, goes with its last user. */
function unmount(folder: string): void {
  try {
    call("umount", [folder]);
  } catch {
    call("umount", ["-l", folder]);
  }
}

function call(program: string, args: readonly string[]): void {
  execFileSync(program, args, {
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` },
  });
}
