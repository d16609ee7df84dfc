/**
 * The index of a list's archive on this host. The archive itself is the truth: the index is brought up to
 * it before it is asked, whoever stored the posts, so a new host, a restored archive or a lost file only
 * cost the time of reading.
 */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { breath } from "../base/breath.ts";
import { exit, Failure } from "../base/errors.ts";
import { hashOf } from "../base/hash.ts";
import { highest, numberPath, numbersOf } from "../lists/sequence.ts";
import { Pause } from "../spool/verify/pause.ts";
import type { Report } from "../spool/verify/report.ts";
import { type Indexing, indexPath, PostIndex } from "../state/postIndex.ts";
import { indexingOf, sumOf } from "./reading.ts";
import { statOf } from "./shelves.ts";
import { find } from "./store.ts";
import {
  buriedIn,
  findPost,
  lastTombstone,
  tombstonesAfter,
} from "./tombstones.ts";

/** Posts that are read before they are noted. */
const BATCH = 100;
/** Characters of text that are held for them. */
const HELD = 256 * 1024;

export interface Effort {
  /** Whether to go on; asked between batches. */
  readonly goesOn?: () => boolean;
  /** Told how many more were looked at. */
  readonly onMore?: (posts: number) => void;
}

export class Catalogue {
  readonly dir: string;
  readonly index: PostIndex;
  readonly #list: string;

  /** @param home absolute @param list its address. Throws a Failure where the file cannot be opened. */
  constructor(home: string, list: string) {
    this.dir = join(home, "archive", list);
    this.#list = list;
    this.index = new PostIndex(indexPath(home, list));
  }

  close(): void {
    this.index.close();
  }

  /** Posts that have a number and are not looked at yet. */
  get behind(): number {
    return Math.max(0, highest(numbersOf(this.dir)) - this.index.seen);
  }

  /**
   * Brings the index up to the archive. @returns whether it is
   * Throws the file system's errors.
   */
  async catchUp({
    goesOn = () => true,
    onMore,
  }: Effort = {}): Promise<boolean> {
    const identity = identityOf(this.dir);
    if (identity !== undefined) this.index.belongTo(identity);
    const last = highest(numbersOf(this.dir));
    // Numbers that are gone will be given again.
    if (last < this.index.seen) this.index.clear();
    for (let next = this.index.seen + 1; next <= last; ) {
      if (!goesOn()) return false;
      const posts: Indexing[] = [];
      const first = next;
      for (let held = 0; next <= last; next += 1) {
        if (next - first >= BATCH || held > HELD) break;
        // Of one that was taken out only the number is left.
        const content = findPost(this.dir, next);
        if (!content) continue;
        const post = await indexingOf(next, content);
        posts.push(post);
        held += post.text.length;
      }
      this.index.add(posts, next - 1);
      onMore?.(next - first);
      await breath();
    }
    this.#heed();
    return true;
  }

  /** What was taken out of the archive, by whichever host, is taken out here. */
  #heed(): void {
    const { buried } = this.index;
    const newest = lastTombstone(this.dir);
    if (newest === buried) return;
    const numbers = [...tombstonesAfter(this.dir, buried)].map(
      ({ number }) => number,
    );
    this.index.remove(numbers, newest);
  }

  /**
   * Reads every post and compares it with what it was when it was indexed.
   * @param signal aborted where it is to end: throws Failure 75 then @param onEach told of each
   */
  async compare(
    report: Report,
    signal: AbortSignal,
    onEach: () => void,
  ): Promise<void> {
    const pause = new Pause(signal);
    const most = Number.MAX_SAFE_INTEGER;
    for (const { number, sum } of this.index.choose({ most })) {
      onEach();
      await pause.take();
      const content = find(this.dir, number);
      // It may have been taken out meanwhile.
      if (buriedIn(this.dir).has(number)) continue;
      const isWhole = content && (await sumOf(content)) === sum;
      if (!isWhole)
        await report.wrong(
          "archive-changed",
          content?.path ?? numberPath(numbersOf(this.dir), number),
          content ? "it is not what it was when it was indexed" : "it is gone",
        );
    }
  }

  /** Brings it up to the archive, or fails with 75: try again later. @param effort for how long */
  async mustCatchUp(effort: Effort): Promise<void> {
    if (await this.catchUp(effort)) return;
    throw new Failure(
      exit.tryLater,
      `the archive of ${this.#list} is being indexed: ${this.behind} posts are left`,
    );
  }
}

/**
 * What tells an archive from one that was made anew under its name: its first post; 0 where there is none,
 * undefined where it was taken out.
 */
function identityOf(archiveDir: string): number | undefined {
  const first = statOf(numberPath(numbersOf(archiveDir), 1));
  if (first?.size === 0) return undefined;
  return first ? hashOf(`${first.ino} ${first.size} ${first.mtimeMs}`) : 0;
}

/** Work with the index of a list; it is closed behind it. */
export async function withCatalogue<T>(
  home: string,
  list: string,
  work: (catalogue: Catalogue) => Promise<T> | T,
): Promise<T> {
  const catalogue = new Catalogue(home, list);
  try {
    return await work(catalogue);
  } finally {
    catalogue.close();
  }
}

/** Throws the index of a list on this host away: it is made anew when it is asked next. */
export function forgetIndex(home: string, list: string): void {
  const path = indexPath(home, list);
  for (const more of ["", "-wal", "-shm"])
    rmSync(`${path}${more}`, { force: true });
}
