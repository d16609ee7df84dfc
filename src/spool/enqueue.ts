/**
 * Putting a new entry into a queue from outside the mill: written and synced in `tmp/`, then
 * published by one rename, then the folder is synced. When this returns, responsibility is taken;
 * when it throws, nothing is left but a draft that the sweep removes.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Child, writeEntry } from "./commit.ts";
import { syncPath } from "./durable.ts";
import { formatName } from "./name.ts";
import { move } from "./nfs.ts";
import type { Spool } from "./spool.ts";

export async function enqueue(spool: Spool, child: Child): Promise<void> {
  await enqueueAll(spool, child.queue, [child]);
}

/** The same for several entries of one queue: all are written before the first is published. */
export async function enqueueAll(
  spool: Spool,
  queue: string,
  children: readonly Child[],
): Promise<void> {
  spool.make(queue);
  const drafts = children.map(({ name }) => ({
    draft: join(spool.writing(queue), formatName(name)),
    place: join(spool.waiting(queue), formatName(name)),
  }));
  try {
    for (const [index, { draft }] of drafts.entries())
      await writeEntry(draft, children[index] as Child);
    for (const { draft, place } of drafts)
      if (!move(draft, place))
        throw new Error(`${draft}: removed while it was being written`);
  } catch (error) {
    for (const { draft } of drafts)
      rmSync(draft, { recursive: true, force: true });
    throw error;
  }
  await syncPath(spool.waiting(queue));
  spool.ring(queue);
}
