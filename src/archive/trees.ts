/** The thread of a post, out of the index. */
import { flat, type Thread, threads } from "../mail/threads.ts";
import type { IndexRow } from "../state/postIndex.ts";
import type { Catalogue } from "./catalogue.ts";

/** Posts of a thread that are shown: those around the one that is asked for. */
const MOST = 1000;
/** Ids of a post that make its place: those right above it. */
const NEAR = 20;

/** The posts of a thread with their depth, from the top down; nothing where there is no such post. */
export function* treeOf(
  { index }: Pick<Catalogue, "index">,
  number: number,
): Generator<{ key: IndexRow | undefined; depth: number }> {
  const post = index.get(number);
  if (post) yield* flat(forestOf(index.thread(post.thread, number, MOST)));
}

/** @param rows the oldest first */
export function forestOf(rows: readonly IndexRow[]): Thread<IndexRow>[] {
  return threads(
    rows.map((row) => ({
      ...row,
      references: row.references.slice(-NEAR),
      key: row,
    })),
  );
}
