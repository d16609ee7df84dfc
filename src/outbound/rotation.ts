/**
 * Whose transaction is next among the entries that are being delivered: lists in turn, the posts of
 * a list in turn; of a post one entry after the other, for what is noted of one entry at a time costs
 * one sync. Who was served longest ago is first, so a post to a million leaves every second transaction to
 * another one. Pure.
 */

/** What stands in turn. */
export interface Rider {
  readonly list: string;
  /** What all entries of a post have in common. */
  readonly post: string;
}

export class Rotation<R extends Rider> {
  readonly #riders = new Set<R>();
  /** When each list and post was served last, as a count of turns. */
  readonly #served = new Map<string, number>();
  #turns = 0;

  get size(): number {
    return this.#riders.size;
  }

  add(rider: R): void {
    this.#riders.add(rider);
  }

  remove(rider: R): void {
    this.#riders.delete(rider);
    const others = [...this.#riders];
    if (!others.some(({ list }) => list === rider.list))
      this.#served.delete(listKey(rider));
    if (!others.some((other) => postKey(other) === postKey(rider)))
      this.#served.delete(postKey(rider));
  }

  /** All of them, as they came. */
  all(): Iterable<R> {
    return this.#riders;
  }

  /**
   * The one that is next.
   * @param can whether it can be served now
   */
  next(can: (rider: R) => boolean): R | undefined {
    let best: R | undefined;
    for (const rider of this.#riders)
      if ((best === undefined || this.#isBefore(rider, best)) && can(rider))
        best = rider;
    return best;
  }

  /** It had its turn. */
  serve(rider: R): void {
    this.#turns += 1;
    this.#served.set(listKey(rider), this.#turns);
    this.#served.set(postKey(rider), this.#turns);
  }

  #isBefore(one: R, other: R): boolean {
    const list = this.#at(listKey(one)) - this.#at(listKey(other));
    if (list !== 0) return list < 0;
    // Of one post it is the one that came first.
    return this.#at(postKey(one)) < this.#at(postKey(other));
  }

  #at(key: string): number {
    return this.#served.get(key) ?? 0;
  }
}

function listKey({ list }: Rider): string {
  return list;
}

function postKey({ list, post }: Rider): string {
  return `${list} ${post}`;
}
