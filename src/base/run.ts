/**
 * Another program, run to its end, as program.ts starts it; what is kept of its output is limited.
 */
import { type Circumstances, outputOf } from "./program.ts";

export interface Run extends Circumstances {
  readonly program: string;
  readonly args: readonly string[];
  /** Milliseconds that it may run. */
  readonly longest: number;
}

/** Bytes of its output that are kept; a program that says more is not stopped. */
const KEPT = 64 * 1024;

/**
 * @returns what it printed, the first 64 KiB
 * Throws where it is not installed, fails, or was stopped for taking too long.
 */
export async function run({ program, args, ...more }: Run): Promise<string> {
  let kept = "";
  for await (const chunk of outputOf(program, args, more))
    if (kept.length < KEPT) kept += chunk.toString("latin1");
  return Buffer.from(kept.slice(0, KEPT), "latin1").toString();
}
