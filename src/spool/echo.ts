/**
 * Whether other hosts see what this one writes, and this one what they write: a person's command puts a
 * question into `nodes/`, and every runner that sees it at its scan answers in its own folder. Folders
 * are listed, never asked for a name.
 */
import { rmSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hostClock } from "../base/clock.ts";
import { newId } from "./name.ts";
import { ECHO } from "./nodes.ts";
import { listFolder, type Spool } from "./spool.ts";

const ANSWER = "echo.";

/** Milliseconds between two looks for answers. */
const LOOK = 50;

/**
 * Asks runners whether they see this.
 * @param nodes who is asked
 * @param patience milliseconds
 * @returns after how many milliseconds each was heard; those who were not are missing
 */
export async function ask(
  spool: Spool,
  nodes: readonly string[],
  patience: number,
): Promise<Map<string, number>> {
  if (nodes.length === 0) return new Map();
  const id = newId(hostClock.now());
  const question = join(spool.nodes(), `${id}${ECHO}`);
  const heard = new Map<string, number>();
  const begun = performance.now();
  writeFileSync(question, "", { flag: "wx" });
  try {
    for (let passed = 0; passed < patience; ) {
      for (const node of nodes)
        if (!heard.has(node) && hasAnswered(spool, node, id))
          heard.set(node, performance.now() - begun);
      if (heard.size === nodes.length) break;
      await sleep(LOOK);
      passed = performance.now() - begun;
    }
  } finally {
    rmSync(question, { force: true });
  }
  return heard;
}

function hasAnswered(spool: Spool, node: string, id: string): boolean {
  return listFolder(join(spool.nodes(), node)).includes(`${ANSWER}${id}`);
}

/** Answers what is asked; forgets what was. @param node this runner's name */
export function answer(spool: Spool, node: string): void {
  const asked = listFolder(spool.nodes())
    .filter((name) => name.endsWith(ECHO))
    .map((name) => name.slice(0, -ECHO.length));
  const folder = join(spool.nodes(), node);
  const answered = listFolder(folder)
    .filter((name) => name.startsWith(ANSWER))
    .map((name) => name.slice(ANSWER.length));
  for (const id of answered)
    if (!asked.includes(id)) unlinkSync(join(folder, `${ANSWER}${id}`));
  for (const id of asked)
    if (!answered.includes(id))
      writeFileSync(join(folder, `${ANSWER}${id}`), "");
}
