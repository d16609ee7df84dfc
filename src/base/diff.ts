/**
 * What differs between two rows of lines, as diff(1) would say it (E. W. Myers, An O(ND)
 * Difference Algorithm and Its Variations, 1986). Bounded: where more differs than is worth
 * finding out, the whole part between equal ends counts as replaced. Pure.
 */

/** A line that was taken out or put in. */
export interface Change {
  readonly kind: "-" | "+";
  readonly line: string;
}

/** Lines taken out and put in beyond which the search is given up. */
const EFFORT = 600;

/** The lines that are only in one of the two, in order. */
export function differences(
  before: readonly string[],
  after: readonly string[],
): Change[] {
  let head = 0;
  const most = Math.min(before.length, after.length);
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (
    tail < most - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  )
    tail += 1;
  const old = before.slice(head, before.length - tail);
  const fresh = after.slice(head, after.length - tail);
  return script(old, fresh) ?? [...all("-", old), ...all("+", fresh)];
}

function all(kind: Change["kind"], lines: readonly string[]): Change[] {
  return lines.map((line) => ({ kind, line }));
}

/** The shortest way from one to the other; undefined where it is too long. */
function script(
  old: readonly string[],
  fresh: readonly string[],
): Change[] | undefined {
  const most = Math.min(old.length + fresh.length, EFFORT);
  /** The furthest line of `old` on each diagonal (line of `old` less line of `fresh`). */
  const furthest = new Map<number, number>([[1, 0]]);
  const rounds: Map<number, number>[] = [];
  for (let edits = 0; edits <= most; edits += 1) {
    rounds.push(new Map(furthest));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = isDown(furthest, diagonal, edits)
        ? (furthest.get(diagonal + 1) ?? 0)
        : (furthest.get(diagonal - 1) ?? 0) + 1;
      while (
        x < old.length &&
        x - diagonal < fresh.length &&
        old[x] === fresh[x - diagonal]
      )
        x += 1;
      furthest.set(diagonal, x);
      if (x >= old.length && x - diagonal >= fresh.length)
        return wayBack(old, fresh, rounds);
    }
  }
  return undefined;
}

/** Whether the way to a diagonal is by a line put in rather than one taken out. */
function isDown(
  furthest: ReadonlyMap<number, number>,
  diagonal: number,
  edits: number,
): boolean {
  if (diagonal === -edits) return true;
  if (diagonal === edits) return false;
  const left = furthest.get(diagonal - 1) ?? 0;
  return left < (furthest.get(diagonal + 1) ?? 0);
}

function wayBack(
  old: readonly string[],
  fresh: readonly string[],
  rounds: readonly ReadonlyMap<number, number>[],
): Change[] {
  const found: Change[] = [];
  let x = old.length;
  let y = fresh.length;
  for (let edits = rounds.length - 1; edits > 0; edits -= 1) {
    const furthest = rounds[edits] as ReadonlyMap<number, number>;
    const diagonal = x - y;
    const down = isDown(furthest, diagonal, edits);
    const from = down ? diagonal + 1 : diagonal - 1;
    x = furthest.get(from) ?? 0;
    y = x - from;
    found.push(
      down
        ? { kind: "+", line: fresh[y] ?? "" }
        : { kind: "-", line: old[x] ?? "" },
    );
  }
  return found.reverse();
}
