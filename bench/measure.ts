/**
 * Figures that can be trusted: medians of several runs, and the peak memory of a process.
 */
import { readFileSync } from "node:fs";

/** What something took. */
export interface Run {
  readonly seconds: number;
  /** Processor seconds, user and system. */
  readonly cpu: number;
  /** Megabytes, at the most. */
  readonly memory: number;
}

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
  return (await inTurn(rounds, measurements)).map(median);
}

/** The same for runs: the median of each of their figures. */
export async function medianRuns(
  rounds: number,
  measurements: readonly (() => Promise<Run>)[],
): Promise<Run[]> {
  return (await inTurn(rounds, measurements)).map(medianRun);
}

/** The median of each figure. */
export function medianRun(runs: readonly Run[]): Run {
  return {
    seconds: median(runs.map(({ seconds }) => seconds)),
    cpu: median(runs.map(({ cpu }) => cpu)),
    memory: median(runs.map(({ memory }) => memory)),
  };
}

async function inTurn<T>(
  rounds: number,
  measurements: readonly (() => Promise<T>)[],
): Promise<T[][]> {
  const found: T[][] = measurements.map(() => []);
  for (let round = 0; round < rounds; round++)
    for (const [at, measure] of measurements.entries())
      found[at]?.push(await measure());
  return found;
}

/** Peak resident memory of a living process, in megabytes. Linux only: throws elsewhere. */
export function peakMemory(pid: number = process.pid): number {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  if (kilobytes === undefined) throw new Error(`no VmHWM of process ${pid}`);
  return Number(kilobytes) / 1024;
}
