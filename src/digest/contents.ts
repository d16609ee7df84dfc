/**
 * The order of an issue: posts by thread, an answer behind what it answers, threads by their first post. So
 * the contents and the posts are in one order. Reads the header of each post only.
 */
import { oneLine } from "../base/log.ts";
import { parseAddresses } from "../mail/address.ts";
import type { Header } from "../mail/header.ts";
import { openMessage } from "../mail/message.ts";
import { contentOf, type Post } from "./posts.ts";

/** A post to be put into its place. */
export interface Threadable<K> {
  readonly key: K;
  /** Without angle brackets. */
  readonly id?: string | undefined;
  /** From the root on, the one that it answers last. */
  readonly references: readonly string[];
  readonly subject: string;
}

export interface Thread<K> {
  /** Undefined: the post is not there. */
  readonly key: K | undefined;
  readonly children: readonly Thread<K>[];
}

/** Makes threads of posts, the oldest first. */
export type Threading = <K>(
  posts: Iterable<Threadable<K>>,
) => readonly Thread<K>[];

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

/** Bytes of a post's header that are looked at. */
const HEADER = 256 * 1024;
/** Ids of a post that are looked at: the last ones, which are nearest. */
const REFERENCES = 100;

/** The posts of an issue in their order. */
export async function topicsOf(
  posts: readonly Post[],
  threading: Threading = answering,
): Promise<Topic[]> {
  const all: Threadable<Omit<Topic, "depth">>[] = [];
  for (const post of posts) {
    const { header } = await openMessage(contentOf(post), HEADER);
    const subject = oneLine(header.text("Subject"), 200);
    const key = { post, subject, author: authorOf(header) };
    const [id] = idsIn(header, "Message-ID");
    const references = idsIn(header, "References");
    const answers = idsIn(header, "In-Reply-To").slice(0, 1);
    all.push({
      key,
      id,
      references: (references.length > 0 ? references : answers).slice(
        -REFERENCES,
      ),
      subject,
    });
  }
  return [...inOrder(threading(all))];
}

/** All posts of threads, each with its depth; without recursion, for a thread may be deep. */
function* inOrder(
  threads: readonly Thread<Omit<Topic, "depth">>[],
): Generator<Topic> {
  const left = threads.toReversed().map((thread) => ({ thread, depth: 0 }));
  for (let next = left.pop(); next; next = left.pop()) {
    const { thread, depth } = next;
    if (thread.key) yield { ...thread.key, depth };
    // What answers a post that is not there is not put below nothing.
    const below = thread.key ? depth + 1 : depth;
    for (const child of thread.children.toReversed())
      left.push({ thread: child, depth: below });
  }
}

/** Each post below the nearest one before it that it names. */
function answering<K>(posts: Iterable<Threadable<K>>): Thread<K>[] {
  interface Node {
    readonly key: K;
    readonly children: Node[];
  }
  const roots: Node[] = [];
  const known = new Map<string, Node>();
  for (const { key, id, references } of posts) {
    const node: Node = { key, children: [] };
    const parent = references.findLast((one) => known.has(one));
    const siblings = known.get(parent ?? "")?.children ?? roots;
    siblings.push(node);
    if (id && !known.has(id)) known.set(id, node);
  }
  return roots;
}

function idsIn(header: Header, name: string): string[] {
  const ids = (header.get(name) ?? "").matchAll(/<([^<>\s]{1,998})>/g);
  return [...ids].map(([, id = ""]) => id);
}

function authorOf(header: Header): string {
  const [author] = parseAddresses(header.get("From") ?? "");
  return oneLine(author?.name || author?.address || "", 100);
}
