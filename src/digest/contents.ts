/**
 * The order of an issue: posts by thread, an answer behind what it answers, threads by their first post. So
 * the contents and the posts are in one order. Reads the header of each post only.
 */
import { oneLine } from "../base/log.ts";
import { parseAddresses } from "../mail/address.ts";
import type { Header } from "../mail/header.ts";
import { openMessage } from "../mail/message.ts";
import { referencesOf } from "../mail/references.ts";
import { type Thread, type Threadable, threads } from "../mail/threads.ts";
import { contentOf, type Post } from "./posts.ts";

/** A post in its place. */
export interface Topic {
  readonly post: Post;
  /** How many posts it is below the first of its thread. */
  readonly depth: number;
  /** One line; "" where there is none. */
  readonly subject: string;
  /** The name of the author, or else the address. */
  readonly author: string;
}

/** The posts of an issue in their order. */
export async function topicsOf(posts: readonly Post[]): Promise<Topic[]> {
  const all: Threadable<Omit<Topic, "depth">>[] = [];
  for (const post of posts) {
    const { header } = await openMessage(contentOf(post));
    const subject = oneLine(header.text("Subject"), 200);
    const key = { post, subject, author: authorOf(header) };
    all.push({ ...referencesOf(header), key, subject });
  }
  return [...inOrder(threads(all))];
}

/** All posts of threads, each with its depth; without recursion, for a thread may be deep. */
function* inOrder(
  found: readonly Thread<Omit<Topic, "depth">>[],
): Generator<Topic> {
  const left = found.toReversed().map((thread) => ({ thread, depth: 0 }));
  for (let next = left.pop(); next; next = left.pop()) {
    const { thread, depth } = next;
    if (thread.key) yield { ...thread.key, depth };
    // What answers a post that is not there is not put below nothing.
    const below = thread.key ? depth + 1 : depth;
    for (const child of thread.children.toReversed())
      left.push({ thread: child, depth: below });
  }
}

function authorOf(header: Header): string {
  const [author] = parseAddresses(header.get("From") ?? "");
  return oneLine(author?.name || author?.address || "", 100);
}
