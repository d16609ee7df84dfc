/**
 * Real processes for tests of what must be unique over hosts: each runs a program of this tree,
 * told what to do by arguments, and prints a line for each thing done.
 */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { bare } from "../environment.ts";

export interface Ended {
  readonly lines: string[];
  readonly code: number | null;
  readonly signal: string | null;
  readonly errors: string;
}

/**
 * Runs a program to its end.
 * @param program a path below test/
 * @param killAfter so many lines are waited for, then it is killed with SIGKILL
 */
export async function child(
  program: string,
  args: readonly string[],
  { failpoint = "", killAfter = Number.POSITIVE_INFINITY } = {},
): Promise<Ended> {
  const path = fileURLToPath(new URL(`../${program}`, import.meta.url));
  const started = spawn(process.execPath, [path, ...args], {
    env: {
      ...bare,
      LISTMILL_FAILPOINT: failpoint,
    } as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const lines: string[] = [];
  let errors = "";
  started.stderr.on("data", (data) => {
    errors += data;
  });
  createInterface({ input: started.stdout }).on("line", (line) => {
    lines.push(line);
    if (lines.length >= killAfter) started.kill("SIGKILL");
  });
  return new Promise((resolve) =>
    started.on("close", (code, signal) =>
      resolve({ lines, code, signal, errors }),
    ),
  );
}
