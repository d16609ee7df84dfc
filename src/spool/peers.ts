/**
 * What nodes say of themselves, each in its folder. `nodes/<node>/runs` tells which queues it runs,
 * written once before it takes anything: for limits that all who run a queue have together.
 * `nodes/<node>/doing.json` is for people who look, and may be old, over NFS half a minute.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeNew } from "./durable.ts";
import type { Node } from "./lease.ts";
import { moveFile } from "./nfs.ts";
import { nodeNames } from "./nodes.ts";
import type { Spool } from "./spool.ts";

/** Says which queues this node runs. @param queues "*" for all that there are and will be */
export async function announce(
  spool: Spool,
  node: Node,
  queues: readonly string[] | "*",
): Promise<void> {
  const lines = queues === "*" ? ["*"] : queues;
  const text = lines.map((queue) => `${queue}\n`).join("");
  await writeNew(join(spool.nodes(), node.name, "runs"), text);
}

/** The living nodes that run a queue, in an order that is the same for all of them. */
export async function peersOf(
  spool: Spool,
  node: Node,
  queue: string,
): Promise<string[]> {
  const found: string[] = [];
  for (const name of nodeNames(spool).sort()) {
    if (!runsOf(spool, name).some((it) => it === queue || it === "*")) continue;
    if (name === node.name || !(await node.isDead(name))) found.push(name);
  }
  return found;
}

/** The queues that a node runs, "*" for all; nothing where it has not said so yet, or has left. */
export function runsOf(spool: Spool, node: string): string[] {
  try {
    const text = readFileSync(join(spool.nodes(), node, "runs"), "utf8");
    return text.split("\n").filter((line) => line !== "");
  } catch {
    return [];
  }
}

/** What a node does. */
export interface Doing {
  /** Most messages a minute; 0: no limit of its own. */
  readonly rate: number;
  /** Messages that it sent in the last minute. */
  readonly sent: number;
  /** Milliseconds by which its host's clock is before the file server's. */
  readonly ahead: number;
}

/** Tells what this node does. Nothing depends on it, so nobody waits for the disk. */
export function tell(spool: Spool, node: string, doing: Doing): void {
  const path = join(spool.nodes(), node, "doing.json");
  const draft = `${path}.draft`;
  writeFileSync(draft, `${JSON.stringify(doing)}\n`);
  moveFile(draft, path);
}

/** What a node told last; undefined where it tells nothing. */
export function doingOf(spool: Spool, node: string): Doing | undefined {
  try {
    const path = join(spool.nodes(), node, "doing.json");
    const found = JSON.parse(readFileSync(path, "utf8")) as Partial<Doing>;
    const { rate, sent, ahead } = found;
    const isWhole = [rate, sent, ahead].every((it) => Number.isFinite(it));
    return isWhole ? (found as Doing) : undefined;
  } catch {
    return undefined;
  }
}
