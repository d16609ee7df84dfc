/**
 * Figures that can be trusted: medians of several runs, and the peak memory of a process.
 */
import { readFileSync } from "node:fs";

/** The middle value; of an even number of values the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  const lower = sorted[middle - 1] ?? upper;
  return sorted.length % 2 === 1 ? upper : (lower + upper) / 2;
}

/**
 * Runs several measurements in turn, so that a slow moment of the machine hits all of them alike.
 * @returns the median of each, in their order
 */
export async function medians(
  rounds: number,
  measurements: readonly (() => Promise<number>)[],
): Promise<number[]> {
  const found: number[][] = measurements.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const [at, measure] of measurements.entries())
      found[at]?.push(await measure());
  return found.map(median);
}

/** Peak resident memory of a living process, in megabytes. Linux only: throws elsewhere. */
export function peakMemory(pid: number = process.pid): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`no VmHWM of process ${pid}`);
  return Number(kilobytes) / 1024;
}
