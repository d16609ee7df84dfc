/**
 * How fast the disk is at what a delivery needs of it: a line that overwrites room taken before, and is
 * synced. Other users of a disk change that tenfold, so it stands beside what depends on it.
 */
import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  openSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { cpuUsage } from "node:process";
import type { Run } from "./measure.ts";
import type { Figure } from "./table.ts";

const SYNCS = 300;
const LINE = Buffer.alloc(64, "x");

/** Syncs so many lines in a folder, one after the other. */
export async function runDisk(folder: string): Promise<Run> {
  const path = join(folder, "synced");
  const file = openSync(path, "w");
  try {
    writeSync(file, Buffer.alloc(SYNCS * LINE.length));
    fsyncSync(file);
    const before = cpuUsage();
    const from = performance.now();
    for (let at = 0; at < SYNCS; at += 1) {
      writeSync(file, LINE, 0, LINE.length, at * LINE.length);
      fdatasyncSync(file);
    }
    const seconds = (performance.now() - from) / 1000;
    const { user, system } = cpuUsage(before);
    return { seconds, cpu: (user + system) / 1e6, memory: 0 };
  } finally {
    closeSync(file);
    rmSync(path);
  }
}

export function diskRow({ seconds, cpu }: Run): Figure {
  return {
    name: "the disk: lines synced one after the other",
    figure: SYNCS / seconds,
    unit: "syncs/s",
    cpu,
    count: SYNCS,
  };
}
