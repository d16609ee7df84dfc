/** The name that somebody most likely meant. Pure. */

/**
 * The name nearest to `word`: up to two letters (a third of a long word) put in, taken out or
 * replaced; undefined where none is that near.
 */
export function nearest(
  word: string,
  names: readonly string[],
): string | undefined {
  if (word.length > 60) return undefined;
  const limit = Math.max(2, Math.floor(word.length / 3));
  let found: string | undefined;
  let least = limit + 1;
  for (const name of names) {
    const far = distance(word, name);
    if (far < least && far < name.length) [found, least] = [name, far];
  }
  return found;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1)
      next.push(
        Math.min(
          (row[j] ?? 0) + 1,
          (next[j - 1] ?? 0) + 1,
          (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      );
    row = next;
  }
  return row[b.length] ?? 0;
}
