/**
 * The posts of a digest: a sequence of numbered files, each dated by when it was received. They are
 * never moved; what has been issued is known from the issues (issues.ts), which divide the numbers.
 * A file's first line says as of which change to the members the post was distributed.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import type { Piece } from "../base/pieces.ts";
import { numberPath } from "../lists/sequence.ts";
import { statOfNew } from "../spool/nfs.ts";

export interface Post {
  readonly number: number;
  readonly path: string;
  /** Bytes of the file. */
  readonly size: number;
  readonly received: Date;
}

/** The sequence's folder. */
export function postsOf(digestDir: string): string {
  return join(digestDir, "posts");
}

/** The posts numbered `first` to `last`, both inclusive, less those that a person removed. */
export function postsBetween(
  digestDir: string,
  first: number,
  last: number,
): Post[] {
  const folder = postsOf(digestDir);
  const found: Post[] = [];
  for (let number = first; number <= last; number += 1) {
    const path = numberPath(folder, number);
    const file = statOfNew(path);
    // Of one that was taken out only the number is left.
    if (file && file.size > 0)
      found.push({ number, path, size: file.size, received: file.mtime });
  }
  return found;
}

/** The bytes of a post, left where they are. */
export function contentOf(post: Post): Piece[] {
  return [{ path: post.path, start: headOf(post).length, end: post.size }];
}

/** The first line of a post's file. @param asOf a number that the roster's `last` gave */
export function headLine(asOf: number): string {
  return `listmill digest post as of ${asOf}\n`;
}

const HEAD = /^listmill digest post as of ([0-9]{1,15})\n/;
/** Bytes that the line has at most. */
const LONGEST = 48;

/**
 * As of which change to the members a post was distributed. One that was collected without saying so
 * was there before any change was counted.
 */
export function asOf(post: Post): number {
  return Number(HEAD.exec(headOf(post))?.[1] ?? 0);
}

/** The first line with its end; "" where it is the message's. */
function headOf({ path }: Post): string {
  const fd = openSync(path, "r");
  try {
    const bytes = Buffer.alloc(LONGEST);
    const length = readSync(fd, bytes, 0, LONGEST, 0);
    return HEAD.exec(bytes.toString("latin1", 0, length))?.[0] ?? "";
  } finally {
    closeSync(fd);
  }
}
