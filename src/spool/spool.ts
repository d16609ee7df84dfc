/**
 * The folders of a spool: `<queue>/{tmp,new,cur/<node>}` and `nodes/<node>`.
 * Knows where things lie, moves nothing.
 */
import { mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../base/clock.ts";
import { errnoOf } from "../base/errors.ts";
import { isQueueName } from "./name.ts";

/** Queues where entries rest until a person decides. */
export const restingQueues = ["held", "failed"] as const;
export type RestingQueue = (typeof restingQueues)[number];

export function isResting(queue: string): queue is RestingQueue {
  return (restingQueues as readonly string[]).includes(queue);
}

export class Spool {
  readonly root: string;
  readonly #made = new Set<string>();

  /** @param root the folder `spool` of a home */
  constructor(root: string) {
    this.root = root;
  }

  waiting(queue: string): string {
    return join(this.root, queue, "new");
  }

  writing(queue: string): string {
    return join(this.root, queue, "tmp");
  }

  /** Where the claimed entries of a node lie; all nodes' folders without one. */
  claimed(queue: string, node?: string): string {
    return join(this.root, queue, "cur", node ?? "");
  }

  nodes(): string {
    return join(this.root, "nodes");
  }

  /** A file that is touched after each publishing: watchers of this host look at it. */
  bell(queue: string): string {
    return join(this.root, queue, "bell");
  }

  /** Makes a queue's folders where they are missing. Throws for a name that can be no queue. */
  make(queue: string): void {
    if (this.#made.has(queue)) return;
    if (!isQueueName(queue)) throw new Error(`no queue's name: ${queue}`);
    for (const folder of ["tmp", "new", "cur"])
      mkdirSync(join(this.root, queue, folder), { recursive: true });
    this.#made.add(queue);
  }

  /** Makes the folder for a node's claims where it is missing. */
  makeClaimed(queue: string, node: string): void {
    const folder = this.claimed(queue, node);
    if (this.#made.has(folder)) return;
    mkdirSync(folder, { recursive: true });
    this.#made.add(folder);
  }

  /** Rings a queue's bell: something is new there. Never throws. */
  ring(queue: string): void {
    const now = systemClock.now() / 1000;
    // A hint only: where it cannot be touched or made, the news is left to the scan.
    try {
      utimesSync(this.bell(queue), now, now);
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") return;
      try {
        writeFileSync(this.bell(queue), "");
      } catch {}
    }
  }

  /** Every queue there is. */
  queues(): string[] {
    return listFolder(this.root).filter(isQueueName).sort();
  }
}

/** Names in a folder; none where it does not exist. */
export function listFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch (error) {
    const code = errnoOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}
