/**
 * Goes through the lines of a file in one pass with memory flat, and leaves some of them out: what
 * stays together is written together. Other work goes on between the blocks.
 */
import { closeSync, openSync } from "node:fs";
import { breath } from "../../base/breath.ts";
import { writeAll } from "../../spool/durable.ts";
import { Blocks, lineEnd } from "./blocks.ts";

export interface Filtered {
  readonly kept: number;
  readonly dropped: number;
}

/** Is told the bytes of a line, from `start` to `end`, without its line end. */
export type Look<T> = (block: Buffer, start: number, end: number) => T;

/** Writes those lines of a file that `keep` wants to a new file; empty lines never stay. */
export async function filtered(
  from: string,
  to: string,
  keep: Look<boolean>,
): Promise<Filtered> {
  const out = openSync(to, "wx", 0o640);
  let kept = 0;
  let dropped = 0;
  try {
    await eachBlock(from, (block, size) => {
      let from = 0;
      for (let at = 0, next = 0; at < size; at = next) {
        const end = lineEnd(block, at);
        next = end + 1;
        if (end > at && keep(block, at, end)) {
          kept += 1;
          continue;
        }
        if (end > at) dropped += 1;
        if (from < at) writeAll(out, block.subarray(from, at));
        from = next;
      }
      if (from < size) writeAll(out, block.subarray(from, size));
    });
  } finally {
    closeSync(out);
  }
  return { kept, dropped };
}

/** Tells each line of a file that is not empty. */
export function eachLine(path: string, tell: Look<void>): Promise<void> {
  return eachBlock(path, (block, size) => {
    for (let at = 0, next = 0; at < size; at = next) {
      const end = lineEnd(block, at);
      next = end + 1;
      if (end > at) tell(block, at, end);
    }
  });
}

async function eachBlock(
  path: string,
  look: (block: Buffer, size: number) => void,
): Promise<void> {
  const blocks = new Blocks(path);
  try {
    while (blocks.load()) {
      look(blocks.buffer, blocks.end);
      await breath();
    }
  } finally {
    blocks.close();
  }
}
