/**
 * The reference for starting hooks: a loop in C around posix_spawn.
 */
import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** Compiles spawn.c. @returns why it cannot be done */
export function compile(program: string): string | undefined {
  const source = join(import.meta.dirname, "spawn.c");
  try {
    execFileSync("gcc", ["-O2", "-o", program, source], { stdio: "pipe" });
    return undefined;
  } catch (error) {
    return `no gcc that compiles spawn.c, the reference: ${(error as Error).message}`;
  }
}
