/**
 * Posts out of the archive, for people: by their numbers, with those of a thread, as a list of what
 * there is. Reads headers only; what is taken is bounded in number and size.
 */
import { join } from "node:path";
import type { FileRange } from "../base/pieces.ts";
import { highest, numbersOf } from "../lists/sequence.ts";
import { type Message, openMessage } from "../mail/message.ts";
import { withCatalogue } from "./catalogue.ts";
import { findPost } from "./tombstones.ts";
import { treeOf } from "./trees.ts";

/** A post in the archive. */
export interface Post {
  readonly number: number;
  readonly content: FileRange;
  readonly message: Message;
}

/** What bounds an answer. */
export interface Most {
  readonly posts: number;
  /** Of all of them together; a single post may be larger. */
  readonly bytes: number;
}

/** Of an answer that has the posts themselves in it. */
export const MOST: Most = { posts: 100, bytes: 1_000_000 };
/** Of one that only tells what there is. */
export const LISTED: Most = { posts: 100, bytes: Number.POSITIVE_INFINITY };

/** Milliseconds for which an answer waits for the index. */
const WHILE = 20_000;
const HEADER = 64 * 1024;

/** The last number that was given; 0 where there is no post. */
export function lastOf(archiveDir: string): number {
  return highest(numbersOf(archiveDir));
}

/** The posts of some numbers, as many as an answer may have; numbers without a post are passed over. */
export async function posts(
  archiveDir: string,
  numbers: Iterable<number>,
  most: Most = MOST,
): Promise<Post[]> {
  const found: Post[] = [];
  let bytes = 0;
  for (const number of numbers) {
    if (found.length >= most.posts) break;
    const post = await postAt(archiveDir, number);
    if (!post) continue;
    bytes += post.content.end;
    if (bytes > most.bytes && found.length > 0) break;
    found.push(post);
  }
  return found;
}

async function postAt(
  archiveDir: string,
  number: number,
): Promise<Post | undefined> {
  const content = findPost(archiveDir, number);
  if (!content) return undefined;
  return { number, content, message: await openMessage([content], HEADER) };
}

/**
 * The numbers of a thread as a person reads it: an answer below what it answers. Empty where there is no
 * such post. Throws a Failure, 75, where the index is far behind.
 */
export async function threadOf(
  home: string,
  list: string,
  number: number,
): Promise<number[]> {
  return withCatalogue(home, list, async (catalogue) => {
    const end = performance.now() + WHILE;
    await catalogue.mustCatchUp({ goesOn: () => performance.now() < end });
    return [...treeOf(catalogue, number)].flatMap(
      ({ key }) => key?.number ?? [],
    );
  });
}

/** The archive of a list. @param most what an answer may have */
export function archiveOf(home: string, list: string, most: Most = MOST) {
  const dir = join(home, "archive", list);
  return {
    last: () => lastOf(dir),
    posts: (numbers: Iterable<number>) => posts(dir, numbers, most),
    thread: (number: number) => threadOf(home, list, number),
  };
}
