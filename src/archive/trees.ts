/** The thread of a post, out of the index. */
import { flat, type Thread, threads } from "../mail/threads.ts";
import type { IndexRow } from "../state/postIndex.ts";
import type { Catalogue } from "./catalogue.ts";

/** Posts of a thread that are shown. */
const MOST = 10_000;

/** The posts of a thread with their depth, from the top down; nothing where there is no such post. */
export function* treeOf(
  { index }: Pick<Catalogue, "index">,
  number: number,
): Generator<{ key: IndexRow | undefined; depth: number }> {
  const post = index.get(number);
  if (post) yield* flat(forestOf(index.thread(post.thread, MOST)));
}

/** @param rows the oldest first */
export function forestOf(rows: readonly IndexRow[]): Thread<IndexRow>[] {
  return threads(rows.map((row) => ({ ...row, key: row })));
}
