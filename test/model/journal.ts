/**
 * What of a file system's tree is on disk, and what would be lost with the power. A sync of a folder
 * brings to disk what was made, removed or renamed in it, with what that needs: earlier changes of the
 * same names and things, and the making of the folders that they lie in. What is not synced reaches
 * the disk in order, up to anywhere. So this promises less than ext4 and XFS do, which sync
 * all earlier changes too, and more than POSIX, by which the order may be any.
 */

export interface Spot {
  readonly folder: number;
  readonly name: string;
}

/** One call's change of the tree. A rename is both; what it replaces goes with it. */
export interface Change {
  readonly inode: number;
  readonly from?: Spot;
  readonly to?: Spot;
}

/** Names by folder, and what they lead to. */
export type Tree = ReadonlyMap<number, ReadonlyMap<string, number>>;

export class Journal {
  readonly #disk: Tree;
  readonly #changes: readonly Change[];

  constructor(disk: Tree, changes: readonly Change[] = []) {
    this.#disk = disk;
    this.#changes = changes;
  }

  with(change: Change): Journal {
    return new Journal(this.#disk, [...this.#changes, change]);
  }

  /** After a sync of a folder. */
  synced(folder: number): Journal {
    const needed = new Set<Change>();
    for (const change of this.#changes.toReversed())
      if (
        touches(change, folder) ||
        [...needed].some((it) => needs(it, change))
      )
        needed.add(change);
    const isNeeded = (change: Change) => needed.has(change);
    return new Journal(
      done(this.#disk, this.#changes.filter(isNeeded)),
      this.#changes.filter((change) => !isNeeded(change)),
    );
  }

  /** Each tree that may be found after a power failure. */
  survivors(): Tree[] {
    return [undefined, ...this.#changes].map((_, count) =>
      done(this.#disk, this.#changes.slice(0, count)),
    );
  }

  key(): string {
    const spot = (it?: Spot) => (it ? `${it.folder}/${it.name}` : "");
    return this.#changes
      .map(({ inode, from, to }) => `${inode} ${spot(from)} ${spot(to)}`)
      .join("\n");
  }
}

function touches({ from, to }: Change, folder: number): boolean {
  return from?.folder === folder || to?.folder === folder;
}

/** Whether a change cannot be on disk without an earlier one. */
function needs(change: Change, earlier: Change): boolean {
  const spots = [change.from, change.to];
  const same = (a?: Spot, b?: Spot) =>
    a !== undefined && a.folder === b?.folder && a.name === b.name;
  return (
    earlier.inode === change.inode ||
    (earlier.from === undefined && earlier.inode === change.to?.folder) ||
    spots.some((it) => same(it, earlier.from) || same(it, earlier.to))
  );
}

function done(tree: Tree, changes: readonly Change[]): Tree {
  const after = new Map(tree);
  const folder = (number: number) => new Map(after.get(number));
  for (const { inode, from, to } of changes) {
    if (from) {
      const names = folder(from.folder);
      if (names.get(from.name) === inode) names.delete(from.name);
      after.set(from.folder, names);
    }
    if (to) after.set(to.folder, folder(to.folder).set(to.name, inode));
  }
  return after;
}
