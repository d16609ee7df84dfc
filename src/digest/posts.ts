/**
 * The posts of a digest: a sequence of numbered files, each dated by when it was received. They are
 * never moved; what has been issued is known from the issues (issues.ts), which divide the numbers.
 */
import { readdirSync, type Stats, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { errnoOf } from "../base/errors.ts";
import type { Piece } from "../base/pieces.ts";
import { numberPath } from "../lists/sequence.ts";

export interface Post {
  readonly number: number;
  readonly path: string;
  /** Bytes. */
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
    const file = statOf(path);
    if (file)
      found.push({ number, path, size: file.size, received: file.mtime });
  }
  return found;
}

/** The bytes of a post, left where they are. */
export function contentOf(post: Post): Piece[] {
  return [{ path: post.path, start: 0, end: post.size }];
}

/** On NFS a name seen absent stays absent for a while, unless its folder is listed. */
function statOf(path: string): Stats | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found) return found;
  try {
    readdirSync(dirname(path));
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
  }
  return statSync(path, { throwIfNoEntry: false });
}
