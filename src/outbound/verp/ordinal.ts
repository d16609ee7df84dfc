/**
 * Which post of its list a post is, counted over all hosts without a gap or a double, for those
 * lists that ask (`verp = "every 5"`, `"10%"`). An empty file a post in HOME/archive/LIST/verp/
 * holds the number (lists/sequence.ts); after a crash the same id finds it again. It costs some
 * fsyncs, once a post.
 */
import { statSync } from "node:fs";
import { join } from "node:path";
import { deposit } from "../../lists/deposit.ts";
import { numberPath, REMEMBERED, removeUpTo } from "../../lists/sequence.ts";

/** How often old numbers are looked for. */
const SWEEP = 100;

/**
 * The post's ordinal, 1 for the first; on disk when this returns.
 * @param list the list's address
 * @param id of the entry that is exploded, the same in every try
 * @param sweep after how many posts numbers of more than 60 days are removed
 * Throws the file system's error.
 */
export async function ordinalOf(
  home: string,
  list: string,
  id: string,
  sweep = SWEEP,
): Promise<number> {
  const folder = join(home, "archive", list, "verp");
  const { number } = await deposit({ folder, id, content: [] });
  if (number % sweep === 0) forget(folder, number, sweep);
  return number;
}

/** Removes what is older than any id that may come again, by the file server's clock. */
function forget(folder: string, newest: number, step: number): void {
  const madeAt = (number: number) =>
    statSync(numberPath(folder, number), { throwIfNoEntry: false })?.mtimeMs;
  const limit = (madeAt(newest) ?? 0) - 2 * REMEMBERED;
  for (let number = newest - step; number > 0; number -= step) {
    const made = madeAt(number);
    if (made === undefined) return;
    if (made >= limit) continue;
    removeUpTo(folder, number);
    return;
  }
}
