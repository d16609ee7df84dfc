/**
 * A dot lock: FILE.lock beside a file, as Postfix, procmail, mutt and Dovecot make it for mailboxes. It is
 * made with O_EXCL, which holds on NFS too (open(2)). Its first line is `pid:host`; the second tells who we
 * are, so that a lock whose process is known to be gone is taken away at once, any other one after five
 * minutes without a sign of life, by the file server's clock.
 */
import { randomUUID } from "node:crypto";
import {
  closeSync,
  linkSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  unlinkSync,
  utimesSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { host } from "../base/environment.ts";
import { errnoOf, exit, Failure } from "../base/errors.ts";
import { writeAll } from "../spool/durable.ts";
import { type Identity, isDead, myIdentity } from "../spool/identity.ts";

/** Milliseconds without a sign of life after which nobody holds a lock any more (lockfile_create(3)). */
const STALE = 5 * 60_000;
const SIGN_OF_LIFE = 60_000;
/** Milliseconds between two looks at a lock of somebody else. */
const LOOK = 50;

/**
 * Does something while the lock of a file is held.
 * @param patience milliseconds to wait for it
 * Throws a Failure (try later) where somebody else keeps it.
 */
export async function withDotLock<T>(
  file: string,
  act: () => Promise<T>,
  patience = 10_000,
): Promise<T> {
  const lock = `${file}.lock`;
  const mine = await taken(lock, patience);
  const alive = setInterval(() => signOfLife(lock, mine), SIGN_OF_LIFE);
  try {
    return await act();
  } finally {
    clearInterval(alive);
    if (markOf(lock) === mine) unlinkSync(lock);
  }
}

async function taken(lock: string, patience: number): Promise<string> {
  const end = performance.now() + patience;
  for (let looks = 0; ; looks += 1) {
    const mine = make(lock);
    if (mine && looks > 0) removeLeftovers(lock);
    if (mine) return mine;
    if (removeStale(lock)) continue;
    if (performance.now() > end)
      throw new Failure(
        exit.tryLater,
        `${lock}: somebody else has locked it${holder(lock)}`,
      );
    await sleep(LOOK);
  }
}

/** Makes it; undefined where there is one. */
function make(lock: string): string | undefined {
  let fd: number;
  try {
    fd = openSync(lock, "wx", 0o644);
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return undefined;
    throw error;
  }
  try {
    const who = { ...myIdentity(), mark: randomUUID() };
    const text = `${process.pid}:${host()}\n${JSON.stringify(who)}\n`;
    writeAll(fd, Buffer.from(text));
  } catch (error) {
    // An empty one, of a full disk, would keep everybody out until it is stale.
    unlinkSync(lock);
    throw error;
  } finally {
    closeSync(fd);
  }
  return markOf(lock);
}

/** Takes a lock away that nobody holds any more. @returns whether there is none now */
function removeStale(lock: string): boolean {
  const found = markOf(lock);
  const since = lstatSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  if (found === undefined || since === undefined) return true;
  if (!isGone(textOf(lock)) && serverNow(lock) - since < STALE) return false;
  // Another one may have done so and made its own since: that one goes back.
  const aside = `${lock}.aside.${randomUUID()}`;
  try {
    renameSync(lock, aside);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return true;
    throw error;
  }
  const removed = markOf(aside) === found;
  if (!removed) giveBack(aside, lock);
  unlinkSync(aside);
  return removed;
}

function giveBack(aside: string, lock: string): void {
  try {
    linkSync(aside, lock);
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw error;
  }
}

/** Whether it was made by a process of ours that is known to be gone. */
function isGone(text: string): boolean {
  try {
    return isDead(JSON.parse(text.split("\n")[1] ?? "") as Identity);
  } catch {
    return false;
  }
}

function holder(lock: string): string {
  const [who = ""] = /^\d+:[\w.-]+/.exec(textOf(lock)) ?? [];
  return who && ` (process ${who.replace(":", " of ")})`;
}

function textOf(lock: string): string {
  try {
    return readFileSync(lock, "utf8").slice(0, 500);
  } catch {
    return "";
  }
}

/** The file server's time, by a file that it dates. */
function serverNow(lock: string): number {
  const probe = `${lock}.${randomUUID()}`;
  closeSync(openSync(probe, "wx"));
  try {
    return lstatSync(probe).mtimeMs;
  } finally {
    unlinkSync(probe);
  }
}

/** Another one may come; what is done under the lock does not end for want of it. */
function signOfLife(lock: string, mine: string): void {
  try {
    if (markOf(lock) !== mine) return;
    const now = serverNow(lock) / 1000;
    utimesSync(lock, now, now);
  } catch {
    // Such as EACCES, ENOSPC, EROFS or ESTALE.
  }
}

/** Removes the probes of those that died with them. @param lock just made */
function removeLeftovers(lock: string): void {
  try {
    const now = lstatSync(lock).mtimeMs;
    const start = `${basename(lock)}.`;
    for (const name of readdirSync(dirname(lock))) {
      const isProbe =
        name.startsWith(start) &&
        /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(
          name.slice(start.length),
        );
      const path = join(dirname(lock), name);
      if (isProbe && now - lstatSync(path).mtimeMs > STALE) unlinkSync(path);
    }
  } catch {
    // They are in nobody's way.
  }
}

/** What tells a lock from any other one; undefined where there is none. */
function markOf(lock: string): string | undefined {
  const found = lstatSync(lock, { throwIfNoEntry: false });
  return found && `${found.ino} ${textOf(lock)}`;
}
