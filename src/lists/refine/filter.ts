/**
 * Goes through the lines of a file in one pass with memory flat, and leaves some of them out: what
 * stays together is written together. Other work goes on between the blocks.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { breath } from "../../base/breath.ts";
import { writeAll } from "../../spool/durable.ts";
import { Blocks, lineEnd } from "./blocks.ts";

export interface Filtered {
  readonly kept: number;
  readonly dropped: number;
}

/** Is told the bytes of a line, from `start` to `end`, without its line end. */
export type Look<T> = (block: Buffer, start: number, end: number) => T;

/**
 * Writes those lines of a file that `keep` wants to a new file, which is made with the first one that
 * is left out: most lists stay as they are. Empty lines never stay.
 */
export async function filtered(
  from: string,
  to: string,
  keep: Look<boolean>,
): Promise<Filtered> {
  let out: number | undefined;
  let kept = 0;
  let dropped = 0;
  try {
    await eachBlock(from, (block, size, start) => {
      let whole = 0;
      for (let at = 0, next = 0; at < size; at = next) {
        const end = lineEnd(block, at);
        next = end + 1;
        if (end > at && keep(block, at, end)) {
          kept += 1;
          continue;
        }
        if (end > at) dropped += 1;
        if (out === undefined) {
          out = openSync(to, "wx", 0o640);
          copyBeginning(from, out, start);
        }
        if (whole < at) writeAll(out, block.subarray(whole, at));
        whole = next;
      }
      if (out !== undefined && whole < size)
        writeAll(out, block.subarray(whole, size));
    });
  } finally {
    if (out !== undefined) closeSync(out);
  }
  return { kept, dropped };
}

const COPY = 256 * 1024;

function copyBeginning(from: string, out: number, size: number): void {
  if (size === 0) return;
  const fd = openSync(from, "r");
  const buffer = Buffer.allocUnsafeSlow(Math.min(COPY, size));
  try {
    for (let at = 0; at < size; ) {
      const most = Math.min(buffer.length, size - at);
      const got = readSync(fd, buffer, 0, most, at);
      if (got === 0) throw new Error(`${from}: it got shorter`);
      writeAll(out, buffer.subarray(0, got));
      at += got;
    }
  } finally {
    closeSync(fd);
  }
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
  look: (block: Buffer, size: number, start: number) => void,
): Promise<void> {
  const blocks = new Blocks(path);
  try {
    while (blocks.load()) {
      look(blocks.buffer, blocks.end, blocks.start);
      await breath();
    }
  } finally {
    blocks.close();
  }
}
