/**
 * What Node compiles of the source is kept: the next start takes half the time, which an MTA's pipe
 * does for each message.
 */
import { statSync } from "node:fs";
import { enableCompileCache } from "node:module";
import { dirname } from "node:path";
import { variable } from "./environment.ts";

/**
 * Keeps it in a folder whose parent is there, and can be written by this account alone: what lies
 * there is run. NODE_COMPILE_CACHE comes first.
 */
export function keepCompiled(folder: string): void {
  if (variable("NODE_COMPILE_CACHE") !== undefined) return;
  const parent = statSync(dirname(folder), { throwIfNoEntry: false });
  if (!parent || parent.uid !== process.geteuid?.()) return;
  if ((parent.mode & 0o022) === 0) enableCompileCache(folder);
}
