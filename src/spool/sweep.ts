/**
 * Cleaning up after the dead: entries that a dead node held go back to their queue, one rename
 * each, counting an attempt; drafts older than a day are removed, and what is left of entries that
 * were done with. Any node may do it at any time.
 */
import { lstatSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, messageOf } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { DROPPED, GRAVE } from "./commit.ts";
import type { Node } from "./lease.ts";
import { formatName, type Name, parseName, secondOf } from "./name.ts";
import { move } from "./nfs.ts";
import { isQuestion, nodeNames } from "./nodes.ts";
import { frontDoor } from "./queue.ts";
import { listFolder, type Spool } from "./spool.ts";

const DAY = 24 * 60 * 60 * 1000;

/** A message that kills its runner comes back ever later: 1, 4, 9 … 300 seconds. */
function takeoverDue({ attempt }: Name, now: number): number {
  return secondOf(now) + (attempt === 0 ? 0 : Math.min(attempt * attempt, 300));
}

/**
 * Takes over what dead nodes left.
 * @param now milliseconds of this host, for the schedule
 * @returns how many entries went back to their queues
 */
export async function takeOver(
  spool: Spool,
  node: Node,
  now: number,
  log: Log,
): Promise<number> {
  const living = new Set<string>([node.name]);
  const holders = new Set(nodeNames(spool));
  for (const queue of spool.queues())
    for (const holder of listFolder(spool.claimed(queue))) holders.add(holder);
  let taken = 0;
  for (const name of holders) {
    if (living.has(name) || !(await node.isDead(name))) continue;
    for (const queue of spool.queues()) {
      taken += giveBackAll(spool, name, queue, now, log);
      removeEmpty(spool.claimed(queue, name));
    }
    rmSync(join(spool.nodes(), name), { recursive: true, force: true });
  }
  return taken;
}

/**
 * Puts back what lies in a node's claims of a queue: a dead node's, or what this node itself could
 * not put back.
 * @param now milliseconds
 * @param atWork folders of entries that are left alone
 * @returns how many
 */
export function giveBackAll(
  spool: Spool,
  node: string,
  queue: string,
  now: number,
  log: Log,
  atWork: ReadonlySet<string> = new Set(),
): number {
  let count = 0;
  const folder = spool.claimed(queue, node);
  for (const file of listFolder(folder)) {
    const entry = parseName(file);
    // A Maildir reader's flags or a stranger's file: nothing of ours, left where it is.
    if (!entry || atWork.has(join(folder, file))) continue;
    // A person's command holds what is not due yet, too.
    const due = Math.max(entry.due, takeoverDue(entry, now));
    const next = { ...entry, due, attempt: entry.attempt + 1 };
    const to = join(spool.waiting(queue), formatName(next));
    const where = `${queue}/${entry.id}`;
    try {
      if (!move(join(folder, file), to)) continue;
      log(where, `taken over from ${node}, attempt ${next.attempt}`);
      count += 1;
    } catch (error) {
      // One that cannot be moved keeps no other.
      log(where, `cannot be taken over from ${node}: ${messageOf(error)}`);
    }
  }
  return count;
}

/**
 * Removes drafts that nobody has touched for a day, and graves. Strangers' files stay, but for what an MTA
 * left in the Maildir's `tmp/`.
 * @returns how many
 */
export function sweepDrafts(spool: Spool, node: Node, log: Log): number {
  const now = node.serverTime();
  const drafts = spool.queues().flatMap((queue) =>
    listFolder(spool.writing(queue))
      .filter((file) => !file.startsWith(".") && isSwept(queue, file))
      .map((file) => ({ path: join(spool.writing(queue), file), file })),
  );
  const questions = listFolder(spool.nodes())
    .filter(isQuestion)
    .map((file) => ({ path: join(spool.nodes(), file), file }));
  let removed = 0;
  for (const { path, file } of [...drafts, ...questions])
    try {
      const age = now - lstatSync(path).mtimeMs;
      if (age < DAY && !isGrave(file)) continue;
      rmSync(path, { recursive: true, force: true });
      removed += 1;
    } catch (error) {
      // One that cannot go yet, as on NFS while somebody has a file of it open, keeps no other.
      if (errnoOf(error) !== "ENOENT")
        log(node.name, `cannot remove ${path}: ${messageOf(error)}`);
    }
  return removed;
}

/** Whether something in `tmp/` is a draft or a grave of ours, or an MTA's: such goes when it is old. */
export function isSwept(queue: string, file: string): boolean {
  if (queue === frontDoor) return true;
  const suffix = [GRAVE, DROPPED].find((it) => file.endsWith(it)) ?? "";
  return parseName(file.slice(0, file.length - suffix.length)) !== undefined;
}

/** Whether it is an entry on its way out, which another node may be removing: that is no matter. */
function isGrave(file: string): boolean {
  return (
    file.endsWith(GRAVE) &&
    parseName(file.slice(0, -GRAVE.length)) !== undefined
  );
}

/** Removes a node's folders in the queues; what is not empty stays. */
export function leaveFolders(spool: Spool, node: string): void {
  for (const queue of spool.queues()) removeEmpty(spool.claimed(queue, node));
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    const code = errnoOf(error);
    if (
      code !== "ENOENT" &&
      code !== "ENOTEMPTY" &&
      code !== "EEXIST" &&
      code !== "ENOTDIR"
    )
      throw error;
  }
}
