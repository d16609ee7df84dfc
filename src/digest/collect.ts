/**
 * Collecting posts for a digest, and when they make an issue. A post is collected once for an id,
 * whatever crashes when, also if it has been issued meanwhile.
 */
import type { Piece } from "../base/pieces.ts";
import { nextTime } from "../base/timetable.ts";
import { deposit } from "../lists/deposit.ts";
import type { DigestSettings } from "../lists/schema/digest.ts";
import { highest } from "../lists/sequence.ts";
import { lastRecord } from "./issues.ts";
import { headLine, postsBetween, postsOf } from "./posts.ts";

export interface Collecting {
  /** HOME/archive/<list address>/digest; made where missing. */
  readonly digestDir: string;
  /** The entry's id: the same in every try. */
  readonly id: string;
  readonly content: readonly Piece[];
  readonly received: Date;
  /** As of which change to the members it was distributed. */
  readonly asOf: number;
}

/** What is in no issue yet. */
export interface Pending {
  readonly posts: number;
  readonly bytes: number;
  /** The number of the first post, where there is one. */
  readonly first: number | undefined;
  /** When the oldest was received. */
  readonly oldest: Date | undefined;
  /** When the last issue was made, milliseconds since 1970. */
  readonly last: number;
}

/** Numbers and durations may be 0: then they never make an issue due. */
export type DueSettings = Pick<DigestSettings, "posts" | "size" | "age"> &
  Partial<Pick<DigestSettings, "at" | "timezone">>;

/** Collects a post; it is on disk when this returns. @returns what waits now */
export async function collect(post: Collecting): Promise<Pending> {
  const { content, asOf, received, digestDir, id } = post;
  await deposit({
    folder: postsOf(digestDir),
    id,
    content: [Buffer.from(headLine(asOf)), ...content],
    time: received,
  });
  return pending(digestDir);
}

/** What waits for the next issue. */
export function pending(digestDir: string): Pending {
  const newest = highest(postsOf(digestDir));
  const { last, time } = lastRecord(digestDir);
  let posts = 0;
  let bytes = 0;
  let first: number | undefined;
  let oldest: Date | undefined;
  for (const post of postsBetween(digestDir, last + 1, newest)) {
    posts += 1;
    bytes += post.size;
    first ??= post.number;
    if (oldest === undefined || post.received < oldest) oldest = post.received;
  }
  return { posts, bytes, first, oldest, last: time };
}

/** Whether what waits is enough for an issue. Pure. */
export function isFull(state: Pending, { posts, size }: DueSettings): boolean {
  return (
    (posts > 0 && state.posts >= posts) || (size > 0 && state.bytes >= size)
  );
}

/**
 * When what waits must go out whatever there is of it: the oldest post has its age, or a time has come
 * for which there was no issue. Pure.
 * @returns milliseconds since 1970; undefined where nothing waits, or for no time
 */
export function dueAt(
  { oldest, last }: Pending,
  { age, at = "", timezone }: DueSettings,
): number | undefined {
  if (oldest === undefined) return undefined;
  const received = oldest.getTime();
  const old = age > 0 ? received + age : Number.POSITIVE_INFINITY;
  const time = nextTime(at, Math.max(received, last), timezone);
  const due = Math.min(old, time ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(due) ? due : undefined;
}
