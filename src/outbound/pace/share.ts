/**
 * A runner's share of a limit that all living runners have together, told how many there are. It
 * shrinks at once. It grows only to the least that it was in the last minute: so long counts what
 * one that is gone has sent. So all together keep to the limit, but for the moment in which a new
 * runner has its share and the others have not looked yet: one share more. Pure.
 */

/** Milliseconds until a share that became larger counts. */
const PATIENCE = 60_000;

interface Look {
  readonly runners: number;
  readonly rank: number | undefined;
  /** Until when it counts. */
  until: number;
}

export class Share {
  /** The last one is how it is now. */
  #looks: Look[] = [];

  /**
   * Notes a look; one that finds nothing new may be left out.
   * @param runners those that live, this one included
   * @param rank this one's place among them from 0, in an order that is the same for all; without
   *   it what does not divide evenly is given to nobody
   * @param time milliseconds that never go back
   */
  look(runners: number, rank: number | undefined, time: number): void {
    const last = this.#looks.at(-1);
    if (last?.runners === runners && last.rank === rank) return;
    if (last) last.until = time + PATIENCE;
    this.#looks.push({ runners, rank, until: Number.POSITIVE_INFINITY });
    this.forget(time);
  }

  /** When the share may grow by itself; Infinity: not before the next look. */
  get growsAt(): number {
    return this.#looks[0]?.until ?? Number.POSITIVE_INFINITY;
  }

  /** Forgets what counts no more. */
  forget(time: number): void {
    this.#looks = this.#looks.filter(({ until }) => until > time);
  }

  /**
   * This runner's share.
   * @param limit that of all together; Infinity: none
   * @returns a whole number; 0 before the first look, and for those who come after the last where
   *   there are more runners than messages; without a rank at least 1
   */
  of(limit: number): number {
    if (limit === Number.POSITIVE_INFINITY) return limit;
    if (this.#looks.length === 0) return 0;
    return Math.min(...this.#looks.map((look) => part(limit, look)));
  }
}

function part(limit: number, { runners, rank }: Look): number {
  const even = Math.floor(limit / runners);
  if (rank === undefined) return Math.max(1, even);
  return rank < limit % runners ? even + 1 : even;
}
