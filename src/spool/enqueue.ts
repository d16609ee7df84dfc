/**
 * Putting a new entry into a queue from outside the mill: written and synced in `tmp/`, then
 * published by one rename, then the folder is synced. When this returns, responsibility is taken;
 * when it throws, nothing is left but a draft that the sweep removes.
 */
import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { type Child, writeEntry } from "./commit.ts";
import { syncPath } from "./durable.ts";
import { formatName } from "./name.ts";
import type { Spool } from "./spool.ts";

export async function enqueue(spool: Spool, child: Child): Promise<void> {
  spool.make(child.queue);
  const name = formatName(child.name);
  const draft = join(spool.writing(child.queue), name);
  try {
    await writeEntry(draft, child);
    renameSync(draft, join(spool.waiting(child.queue), name));
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    throw error;
  }
  await syncPath(spool.waiting(child.queue));
  spool.ring(child.queue);
}
