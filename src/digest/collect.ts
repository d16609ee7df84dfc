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
import { headLine, type Post, postsBetween, postsOf } from "./posts.ts";
import { isAhead } from "./record.ts";

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

/** A number and a duration of 0 never make an issue due. */
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
  return count(digestDir, counted.get(digestDir));
}

/** What waits for the next issue. */
export function pending(digestDir: string): Pending {
  return count(digestDir);
}

/** What waited, and where the counting began and ended. */
interface Counted {
  readonly state: Pending;
  /** The number of the last post that was in an issue. */
  readonly issued: number;
  /** Of the first that waits. */
  readonly head: Post;
  readonly newest: number;
}

/** What this process has counted, by the folder, so that a post that comes costs the same however many wait. */
const counted = new Map<string, Counted>();

/** @param before what was counted up to then, if that holds still */
function count(digestDir: string, before?: Counted): Pending {
  const newest = highest(postsOf(digestDir));
  const { last: issued, time: last } = lastRecord(digestDir);
  const holds =
    before?.issued === issued &&
    before.newest <= newest &&
    isThere(digestDir, before.head);
  let { posts, bytes, first, oldest } = holds ? before.state : nothing;
  let head = holds ? before.head : undefined;
  const from = holds ? before.newest : issued;
  for (const post of postsBetween(digestDir, from + 1, newest)) {
    posts += 1;
    bytes += post.size;
    head ??= post;
    first ??= post.number;
    if (oldest === undefined || post.received < oldest) oldest = post.received;
  }
  const state = { posts, bytes, first, oldest, last };
  if (head) counted.set(digestDir, { state, issued, head, newest });
  else counted.delete(digestDir);
  return state;
}

const nothing: Omit<Pending, "last"> = {
  posts: 0,
  bytes: 0,
  first: undefined,
  oldest: undefined,
};

/** A person may remove it, and a folder may be made anew. */
function isThere(digestDir: string, { number, size, received }: Post): boolean {
  const [found] = postsBetween(digestDir, number, number);
  return (
    found?.size === size && found.received.getTime() === received.getTime()
  );
}

/** Bytes at which an issue is made where no size is set: few servers take more. */
const LARGEST = 10 * 1024 * 1024;

/** Whether what waits is enough for an issue. Pure. @param limit bytes that a message may have here */
export function isFull(
  state: Pending,
  { posts, size }: DueSettings,
  limit: number,
): boolean {
  const most = size > 0 ? size : Math.min(limit, LARGEST);
  if (posts > 0 && state.posts >= posts) return true;
  return state.posts > 0 && state.bytes >= most;
}

/**
 * When what waits must go out whatever there is of it: the oldest post has its age, or a time has come
 * for which there was no issue. Pure.
 * @param now milliseconds since 1970: a last issue that lies ahead of it was made by a wrong clock
 * @returns milliseconds since 1970; undefined where nothing waits, or for no time
 */
export function dueAt(
  { oldest, last }: Pending,
  { age, at = "", timezone }: DueSettings,
  now: number,
): number | undefined {
  if (oldest === undefined) return undefined;
  const received = oldest.getTime();
  const old = age > 0 ? received + age : Number.POSITIVE_INFINITY;
  const since = isAhead(last, now) ? received : Math.max(received, last);
  const time = nextTime(at, since, timezone);
  const due = Math.min(old, time ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(due) ? due : undefined;
}
