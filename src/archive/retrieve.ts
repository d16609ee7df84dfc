/**
 * Posts out of the archive, for people: by their numbers, with those of a thread, as a list of what
 * there is. Reads headers only; what is taken is bounded in number and size.
 */
import { join } from "node:path";
import type { FileRange } from "../base/pieces.ts";
import { highest, numbersOf } from "../lists/sequence.ts";
import { type Message, openMessage } from "../mail/message.ts";
import { find } from "./store.ts";

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

/** Posts around one that are looked at for its thread, on each side. */
const NEAR = 500;
/** Ids that a post may name: its own, the thread's first ones and those right above it. */
const IDS = 100;
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
  const content = find(archiveDir, number);
  // One that was taken out of the archive is empty.
  if (!content || content.end === 0) return undefined;
  return { number, content, message: await openMessage([content], HEADER) };
}

/**
 * The numbers of a thread, ascending: posts near this one that answer each other (RFC 5322 §3.6.4).
 * Empty where there is no such post.
 */
export async function threadOf(
  archiveDir: string,
  number: number,
): Promise<number[]> {
  if (!find(archiveDir, number)?.end) return [];
  const last = Math.min(lastOf(archiveDir), number + NEAR);
  const groups = new Groups();
  for (let at = Math.max(1, number - NEAR); at <= last; at += 1) {
    const post = await postAt(archiveDir, at);
    if (post) groups.add(at, idsIn(post.message));
  }
  return groups.of(number);
}

/** The ids that a post names: its own and those that it answers. */
function idsIn({ header }: Message): string[] {
  const ids = ["Message-ID", "In-Reply-To", "References"].flatMap(
    (name) => (header.get(name) ?? "").match(/<[^<>\s]{1,250}>/g) ?? [],
  );
  return ids.length <= IDS
    ? ids
    : [...ids.slice(0, IDS / 2), ...ids.slice(-IDS / 2)];
}

/** Numbers that share an id, over any number of steps. */
class Groups {
  readonly #above = new Map<string | number, string | number>();
  readonly #numbers: number[] = [];

  add(number: number, ids: readonly string[]): void {
    this.#numbers.push(number);
    for (const id of ids) this.#above.set(this.#top(id), this.#top(number));
  }

  of(number: number): number[] {
    const top = this.#top(number);
    return this.#numbers.filter((one) => this.#top(one) === top);
  }

  #top(one: string | number): string | number {
    let top = one;
    for (
      let above = this.#above.get(top);
      above !== undefined && above !== top;
    ) {
      top = above;
      above = this.#above.get(top);
    }
    // So that the way is short the next time.
    if (top !== one) this.#above.set(one, top);
    return top;
  }
}

/** The archive of a list. @param most what an answer may have */
export function archiveOf(home: string, list: string, most: Most = MOST) {
  const dir = join(home, "archive", list);
  return {
    last: () => lastOf(dir),
    posts: (numbers: Iterable<number>) => posts(dir, numbers, most),
    thread: (number: number) => threadOf(dir, number),
  };
}
