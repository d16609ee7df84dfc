/** Numbers of posts as they are typed: 5, 5-10, 5-10,17. */

import { exit, Failure } from "../../base/errors.ts";
import { highest, numbersOf } from "../../lists/sequence.ts";

interface Range {
  readonly first: number;
  readonly last: number;
}

/** Throws Failure 64 for all else. @param typed nothing: all of them */
export function rangesOf(typed: readonly string[]): Range[] {
  const words = typed.flatMap((text) => text.split(",")).filter(Boolean);
  if (words.length === 0) return [{ first: 1, last: Number.MAX_SAFE_INTEGER }];
  return words.map((word) => {
    const [, from, to = from] = /^(\d{1,15})(?:-(\d{1,15}))?$/.exec(word) ?? [];
    const range = { first: Number(from), last: Number(to) };
    if (from === undefined || range.first > range.last)
      throw new Failure(
        exit.usage,
        `numbers of posts are such as 5, 5-10 or 5-10,17, not "${word}"`,
      );
    return range;
  });
}

/** All numbers of an archive that are in some ranges, range by range. */
export function* numbersIn(
  archiveDir: string,
  ranges: readonly Range[],
): Generator<number> {
  const newest = highest(numbersOf(archiveDir));
  for (const { first, last } of ranges)
    for (
      let number = Math.max(1, first);
      number <= Math.min(last, newest);
      number += 1
    )
      yield number;
}

/** Throws Failure 66 where there was none of the posts that were asked for. */
export function mustBeSome(list: string, areSome: boolean): void {
  if (!areSome)
    throw new Failure(
      exit.noInput,
      `${list}: there are no such posts in the archive`,
    );
}
