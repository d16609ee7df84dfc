/**
 * Which living nodes run a queue: for limits that all of them have together. What a node runs stands
 * in its folder, `nodes/<node>/runs`, written once before it takes anything.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeNew } from "./durable.ts";
import { type Node, nodeNames } from "./lease.ts";
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
    if (!runs(spool, name).some((it) => it === queue || it === "*")) continue;
    if (name === node.name || !(await node.isDead(name))) found.push(name);
  }
  return found;
}

/** Nothing where it has not said so yet, or has left. */
function runs(spool: Spool, node: string): string[] {
  try {
    return readFileSync(join(spool.nodes(), node, "runs"), "utf8").split("\n");
  } catch {
    return [];
  }
}
