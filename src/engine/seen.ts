/**
 * What a listing was made from, as it was then, to find out by a stat of each whether it still holds.
 */
import { lstatSync, type Stats, statSync } from "node:fs";
import { errnoOf } from "../base/errors.ts";
import { ownership } from "./trusted.ts";

/** A path as it was. */
export interface Seen {
  readonly path: string;
  readonly signature: string;
  /** Milliseconds, by the file system's clock. */
  readonly changed: number;
  /** Only whose it is and who may write to it counts. */
  readonly isWay: boolean;
}

export function asSeen(path: string, stat: Stats | undefined): Seen {
  const changed = stat?.ctimeMs ?? 0;
  return { path, signature: signatureOf(stat), changed, isWay: false };
}

/** The same for a folder above, in which much may happen that matters to nobody. */
export function asWay(path: string): Seen {
  return { path, signature: ownership(path), changed: 0, isWay: true };
}

export function isUnchanged({ path, signature, isWay }: Seen): boolean {
  return signature === (isWay ? ownership(path) : signatureOf(statOf(path)));
}

export function signatureOf(stat: Stats | undefined): string {
  return stat
    ? `${stat.ino}.${stat.mtimeMs}.${stat.ctimeMs}.${stat.mode}.${stat.size}`
    : "none";
}

/** Nothing for what is not there, a link that leads nowhere or round in a circle included. */
export function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (errnoOf(error) === "ELOOP") return undefined;
    throw error;
  }
}

export function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}
