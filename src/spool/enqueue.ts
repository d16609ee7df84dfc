/**
 * Putting new entries into a queue from outside the mill: written and synced in `tmp/`, then
 * published by one rename each, then the folder is synced. When this returns, responsibility is
 * taken. When it throws, drafts are removed and what was published is taken back; only what a runner
 * has by then, or what was published when the machine died, stays: whoever tries again brings it a
 * second time.
 */
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../base/clock.ts";
import { errnoOf, exit, Failure } from "../base/errors.ts";
import { type Child, writeEntry } from "./commit.ts";
import { syncPath } from "./durable.ts";
import { formatName, type Name, secondOf } from "./name.ts";
import { move } from "./nfs.ts";
import { frontDoor } from "./queue.ts";
import type { Spool } from "./spool.ts";

/** Puts an entry into a queue, whose folders must be there. */
export async function enqueue(spool: Spool, child: Child): Promise<void> {
  await enqueueAll(spool, child.queue, [child]);
}

/** The same for several entries of one queue: all are written before the first is published. */
export async function enqueueAll(
  spool: Spool,
  queue: string,
  children: readonly Child[],
): Promise<void> {
  const placeOf = (name: Name) => join(spool.waiting(queue), formatName(name));
  const drafts = children.map(({ name }) => ({
    name,
    draft: join(spool.writing(queue), formatName(name)),
    place: placeOf(name),
  }));
  let written = false;
  try {
    for (const [index, one] of drafts.entries()) {
      await writeEntry(one.draft, children[index] as Child);
      const due = dueByServer(one.name, one.draft);
      one.place = placeOf({ ...one.name, due });
    }
    written = true;
    for (const { draft, place } of drafts)
      if (!move(draft, place))
        throw new Error(`${draft}: removed while it was being written`);
    await syncPath(spool.waiting(queue));
  } catch (error) {
    for (const { draft, place } of drafts) {
      if (written) takeBack(place, draft);
      rmSync(draft, { recursive: true, force: true });
    }
    throw error;
  }
  spool.ring(queue);
}

/** Seconds by which a host's clock may be off before it matters. */
const OFF = 5;

/**
 * When an entry is due by the file server's clock, in seconds: who takes it goes by that, and the
 * clock of this host may be an hour off.
 * @param draft its folder, just written
 */
function dueByServer({ due }: Name, draft: string): number {
  const ahead = secondOf(systemClock.now() - statSync(draft).mtimeMs);
  return Math.abs(ahead) > OFF ? Math.max(due - ahead, 0) : due;
}

/** One that a runner has taken is left to it, and so is one that cannot be moved. */
function takeBack(place: string, draft: string): void {
  try {
    move(place, draft);
  } catch {
    // What went wrong first is what is told.
  }
}

/**
 * Whether there is a spool to put mail into. Nobody but `listmill init` makes one: mail that is laid
 * on the disk below a mount point is hidden by the mount.
 * Throws Failure 75 where there is none.
 */
export function mustBeThere(spool: Spool): void {
  const folder = spool.writing(frontDoor);
  try {
    statSync(folder);
  } catch (error) {
    const code = errnoOf(error);
    if (code !== "ENOENT" && code !== "ENOTDIR") throw error;
    throw new Failure(
      exit.tryLater,
      `${folder}: this folder is missing; mount it, or make it with: listmill init`,
      { cause: error },
    );
  }
}
