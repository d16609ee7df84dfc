/**
 * How much programs have written, looked at while they may still write, rename and remove.
 */
import { lstatSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** Bytes of a file; 0 where it is not there. */
export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Whether all in a folder is no more than so many bytes; links are not followed. */
export function fits(folder: string, most: number): boolean {
  return left(folder, most) >= 0;
}

function left(folder: string, most: number): number {
  let rest = most;
  for (const name of namesIn(folder)) {
    if (rest < 0) break;
    const path = join(folder, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory()) rest = left(path, rest);
    else rest -= stat?.size ?? 0;
  }
  return rest;
}

/** The names in a folder that a hook may change or take away meanwhile. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
