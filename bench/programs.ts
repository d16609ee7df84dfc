/**
 * What programs took that have run to their end, each in a process of its own.
 */
import { readFileSync } from "node:fs";
import type { Run } from "./measure.ts";
import { Process, type Program } from "./process.ts";

export interface Ended extends Run {
  /** What each has printed. */
  readonly stdout: readonly string[];
  readonly stderr: readonly string[];
}

/**
 * Runs programs, all at once.
 * @returns the memory of all of them together. Throws where one fails.
 */
export async function run(...programs: readonly Program[]): Promise<Ended> {
  const cpu = cpuOfChildren();
  const from = performance.now();
  const all = programs.map((program) => new Process(program));
  await Promise.all(all.map(({ ended }) => ended));
  return {
    seconds: (performance.now() - from) / 1000,
    cpu: cpu(),
    memory: all.reduce((sum, { peak }) => sum + peak, 0),
    stdout: all.map(({ stdout }) => stdout),
    stderr: all.map(({ stderr }) => stderr),
  };
}

/**
 * Begins to count the processor time of children that end from now on, and theirs.
 * @returns asked for, the seconds until then. Linux only: 0 elsewhere.
 */
export function cpuOfChildren(): () => number {
  const before = spentByChildren();
  return () => spentByChildren() - before;
}

function spentByChildren(): number {
  try {
    const stat = readFileSync("/proc/self/stat", "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    // cutime and cstime of proc(5), the 16th and 17th field, in hundredths of a second.
    return (Number(fields[13]) + Number(fields[14])) / 100;
  } catch {
    return 0;
  }
}
