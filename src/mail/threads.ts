/**
 * Posts as trees: what answers what, by Jamie Zawinski's algorithm (https://www.jwz.org/doc/threading.html,
 * RFC 5256 has it as THREAD=REFERENCES). A post that is missing is a thread's empty node where it holds
 * several together. Answers whose mail program names no id are put under the post of their subject.
 * Takes time in proportion to the posts and the ids that they name. Pure.
 */
import { baseSubject, isAnswer } from "./subject.ts";

/** A post to be put into its place. */
export interface Threadable<K> {
  readonly key: K;
  /** Without angle brackets. */
  readonly id?: string | undefined;
  /** From the root on, the one that it answers last. */
  readonly references: readonly string[];
  /** Decoded, with all that stands before it. */
  readonly subject: string;
}

export interface Thread<K> {
  /** Undefined: the post is not there. */
  readonly key: K | undefined;
  readonly children: readonly Thread<K>[];
}

/** Nodes above one that are looked at before it is moved: what goes deeper stays where it is. */
const DEEPEST = 10_000;

interface Node<K> {
  post: Threadable<K> | undefined;
  /** Where the post stands among all. */
  order: number;
  parent: Node<K> | undefined;
  readonly children: Set<Node<K>>;
}

/** @param posts in the order in which siblings are to stand, the oldest first */
export function threads<K>(posts: Iterable<Threadable<K>>): Thread<K>[] {
  const nodes = linked(posts);
  const roots = new Set<Node<K>>();
  for (const node of nodes) if (!node.parent) roots.add(node);
  const pruned = prune([...roots]);
  return grown(bySubject(pruned));
}

/** All nodes, each with its parent. */
function linked<K>(posts: Iterable<Threadable<K>>): Node<K>[] {
  const byId = new Map<string, Node<K>>();
  const nodes: Node<K>[] = [];
  const fresh = (): Node<K> => {
    const node: Node<K> = {
      post: undefined,
      order: Number.POSITIVE_INFINITY,
      parent: undefined,
      children: new Set(),
    };
    nodes.push(node);
    return node;
  };
  const of = (id: string): Node<K> => {
    const found = byId.get(id);
    if (found) return found;
    const node = fresh();
    byId.set(id, node);
    return node;
  };
  let order = 0;
  for (const post of posts) {
    const named = post.id === undefined ? undefined : of(post.id);
    // Two posts with one id are two posts.
    const node = named && !named.post ? named : fresh();
    node.post = post;
    node.order = order++;
    let above: Node<K> | undefined;
    for (const id of post.references) {
      const next = of(id);
      if (above && !next.parent && !isAbove(next, above)) adopt(above, next);
      above = next;
    }
    // What the post says itself counts more than what others have guessed.
    if (above && !isAbove(node, above)) {
      node.parent?.children.delete(node);
      adopt(above, node);
    }
  }
  return nodes;
}

function adopt<K>(parent: Node<K>, child: Node<K>): void {
  child.parent = parent;
  parent.children.add(child);
}

/** Whether `node` is `other` or stands above it: then it cannot go below. Most nodes have nothing below yet. */
function isAbove<K>(node: Node<K>, other: Node<K>): boolean {
  if (node === other) return true;
  if (node.children.size === 0) return false;
  for (let at = other.parent, steps = 0; at; at = at.parent, steps += 1)
    if (at === node || steps > DEEPEST) return true;
  return false;
}

/** Away with empty nodes: their children take their place; at the root only where there is one. */
function prune<K>(roots: readonly Node<K>[]): Node<K>[] {
  // Children first, without a call a level: threads may be deep.
  const order: Node<K>[] = [];
  const waiting = [...roots];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    order.push(node);
    waiting.push(...node.children);
  }
  const kept: Node<K>[] = [];
  for (const node of order.reverse()) {
    const { parent, children } = node;
    const [only] = children;
    if (node.post || (!parent && children.size > 1)) {
      if (!node.post)
        node.order = Math.min(...[...children].map((child) => child.order));
      if (!parent) kept.push(node);
      continue;
    }
    for (const child of children) child.parent = parent;
    parent?.children.delete(node);
    if (parent) for (const child of children) parent.children.add(child);
    else if (only) kept.push(only);
  }
  return kept.sort((a, b) => a.order - b.order);
}

/** Threads with one subject: an answer goes under what it answers, and answers without it stay together. */
function bySubject<K>(roots: readonly Node<K>[]): Node<K>[] {
  const first = new Map<string, Node<K>>();
  for (const root of roots) {
    const subject = baseSubject(subjectOf(root));
    if (subject === "") continue;
    const known = first.get(subject);
    if (
      !known ||
      (!root.post && known.post) ||
      (isAnswer(subjectOf(known)) && !isAnswer(subjectOf(root)))
    )
      first.set(subject, root);
  }
  const left = new Set(roots);
  for (const root of roots) {
    const top = first.get(baseSubject(subjectOf(root)));
    if (!top || top === root) continue;
    if (!root.post && !top.post) {
      for (const child of root.children) adopt(top, child);
    } else if (
      !top.post ||
      (isAnswer(subjectOf(root)) && !isAnswer(subjectOf(top)))
    ) {
      adopt(top, root);
    } else continue;
    top.order = Math.min(top.order, root.order);
    left.delete(root);
  }
  return [...left].sort((a, b) => a.order - b.order);
}

function subjectOf<K>(node: Node<K>): string {
  if (node.post) return node.post.subject;
  let first: Node<K> | undefined;
  for (const child of node.children)
    if (!first || child.order < first.order) first = child;
  return first?.post?.subject ?? "";
}

function grown<K>(roots: readonly Node<K>[]): Thread<K>[] {
  const made = new Map<
    Node<K>,
    { key: K | undefined; children: Thread<K>[] }
  >();
  const order: Node<K>[] = [];
  const waiting = [...roots];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    order.push(node);
    waiting.push(...node.children);
  }
  for (const node of order.reverse()) {
    const children = [...node.children]
      .sort((a, b) => a.order - b.order)
      .flatMap((child) => made.get(child) ?? []);
    made.set(node, { key: node.post?.key, children });
  }
  return roots.flatMap((root) => made.get(root) ?? []);
}

/** A thread's posts with their depth, from the top down. */
export function* flat<K>(
  found: readonly Thread<K>[],
): Generator<{ key: K | undefined; depth: number }> {
  const waiting = [...found].reverse().map((thread) => ({ thread, depth: 0 }));
  for (let at = waiting.pop(); at; at = waiting.pop()) {
    const { thread, depth } = at;
    yield { key: thread.key, depth };
    for (const child of [...thread.children].reverse())
      waiting.push({ thread: child, depth: depth + 1 });
  }
}
