/**
 * What changes hands where hooks run under another account than the runner's, which is root's then:
 * what they read becomes readable for the account's group and writable for none of its processes;
 * what they write is made before and given to them, and taken back before it is read, because a
 * name in a folder of theirs may lead anywhere. After a crash all of it goes with the entry's work.
 */
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import type { Account } from "./account.ts";

const GROUP_READS = 0o040;
const GROUP_ENTERS = 0o050;
const NOT_OTHERS_TO_WRITE = ~0o022;

/** From now on, what this process makes can be read by the account. */
export function shareWith(account: Account): void {
  process.setegid?.(account.gid);
  const usual = process.umask();
  process.umask((usual & ~GROUP_ENTERS) | 0o022);
}

/** Lets the account pass through a folder, but not list it. */
export function letEnter(account: Account, folder: string): void {
  lchownSync(folder, -1, account.gid);
  chmodSync(folder, 0o710);
}

/**
 * Lets the account enter an entry's folder and read its files, and write none of them, whoever has
 * made them.
 */
export function letRead(account: Account, entry: string): void {
  // The folder first: nobody but root can change what lies in it from then on.
  fit(account, entry);
  for (const name of readdirSync(entry)) fit(account, join(entry, name));
}

function fit(account: Account, path: string): void {
  const stat = lstatSync(path);
  if (!stat.isFile() && !stat.isDirectory()) return;
  const needed = stat.isFile() ? GROUP_READS : GROUP_ENTERS;
  const mode = ((stat.mode & 0o7777) | needed) & NOT_OTHERS_TO_WRITE;
  const uid = stat.uid === account.uid ? 0 : stat.uid;
  if (uid !== stat.uid || stat.gid !== account.gid)
    lchownSync(path, uid, account.gid);
  if (mode !== (stat.mode & 0o7777)) chmodSync(path, mode);
}

/** Makes an empty file that the account may write. */
export function giveFile(account: Account, path: string): void {
  writeFileSync(path, "", { flag: "wx", mode: 0o600 });
  lchownSync(path, account.uid, account.gid);
}

/** Makes a folder that is the account's. */
export function giveFolder(account: Account, path: string): void {
  mkdirSync(path, { mode: 0o700 });
  lchownSync(path, account.uid, account.gid);
}

/**
 * Takes a folder back with all in it, so that no name there changes any more.
 * @returns what is wrong with it: a link or a file that is not the account's own
 */
export function takeBack(account: Account, folder: string): string | undefined {
  lchownSync(folder, 0, account.gid);
  // Whatever permissions it was given meanwhile: a process may live on.
  chmodSync(folder, 0o700);
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const stat = lstatSync(path);
    if (stat.isDirectory()) {
      const problem = takeBack(account, path);
      if (problem !== undefined) return problem;
    } else if (!stat.isFile() || stat.uid !== account.uid)
      return `it left ${path}, which is no file of its own`;
  }
  return undefined;
}

/**
 * The first folder on the way to one of these that the account may not enter; judged by a program
 * that runs under it, so lists of access rights count too.
 */
export function closedTo(
  account: Account,
  folders: readonly string[],
): string | undefined {
  const ways = [...new Set(folders.flatMap(wayTo))];
  const look = 'for at do [ -x "$at" ] || { printf %s "$at"; exit 1; }; done';
  const { uid, gid } = account;
  const { status, stdout } = spawnSync("/bin/sh", ["-c", look, "sh", ...ways], {
    uid,
    gid,
    cwd: "/",
    encoding: "utf8",
  });
  return status === 0 ? undefined : stdout || (folders[0] ?? "/");
}

/** A folder and all above it, from the top. */
function wayTo(folder: string): string[] {
  const above = dirname(folder);
  return above === folder ? [folder] : [...wayTo(above), folder];
}
