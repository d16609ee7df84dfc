/**
 * Collecting posts for a digest, and when they make an issue. A post is collected once for an id,
 * whatever crashes when, also if it has been issued meanwhile.
 */
import type { Piece } from "../base/pieces.ts";
import { deposit } from "../lists/deposit.ts";
import { highest } from "../lists/sequence.ts";
import { lastIssued } from "./issues.ts";
import { postsBetween, postsOf } from "./posts.ts";

export interface Collecting {
  /** HOME/archive/<list address>/digest; made where missing. */
  readonly digestDir: string;
  /** The entry's id: the same in every try. */
  readonly id: string;
  readonly content: readonly Piece[];
  readonly received: Date;
}

/** What is in no issue yet. */
export interface Pending {
  readonly posts: number;
  readonly bytes: number;
  /** When the oldest was received. */
  readonly oldest: Date | undefined;
}

/** Each may be 0: then it never makes an issue due. */
export interface DueSettings {
  /** As many posts. */
  readonly posts: number;
  /** As many bytes. */
  readonly size: number;
  /** The oldest post waits for so many milliseconds. */
  readonly age: number;
}

/**
 * Collects a post; it is on disk when this returns.
 * @returns what waits now, and whether this post is the oldest of it
 */
export async function collect(
  post: Collecting,
): Promise<Pending & { readonly first: boolean }> {
  const { number } = await deposit({
    folder: postsOf(post.digestDir),
    id: post.id,
    content: post.content,
    time: post.received,
  });
  const first = number === lastIssued(post.digestDir) + 1;
  return { ...pending(post.digestDir), first };
}

/** What waits for the next issue. */
export function pending(digestDir: string): Pending {
  const newest = highest(postsOf(digestDir));
  let posts = 0;
  let bytes = 0;
  let oldest: Date | undefined;
  for (const post of postsBetween(
    digestDir,
    lastIssued(digestDir) + 1,
    newest,
  )) {
    posts += 1;
    bytes += post.size;
    if (oldest === undefined || post.received < oldest) oldest = post.received;
  }
  return { posts, bytes, oldest };
}

/**
 * Whether an issue is due. Pure.
 * @param now milliseconds since 1970
 */
export function due(
  state: Pending,
  settings: DueSettings,
  now: number,
): boolean {
  if (state.oldest === undefined) return false;
  const { posts, size, age } = settings;
  return (
    (posts > 0 && state.posts >= posts) ||
    (size > 0 && state.bytes >= size) ||
    (age > 0 && now - state.oldest.getTime() >= age)
  );
}
