/**
 * A set of ids that takes 8 to 16 bytes for each: 64 bits of a hash in typed arrays. Two ids may come
 * by the same hash, so what it calls known is to be looked at.
 */
import { hashOf } from "../../base/hash.ts";
import { release } from "../../base/memory.ts";

const FIRST = 1 << 12;
/** How full it may be. */
const FULL = 0.6;

export class Ids {
  size = 0;
  #low = new Uint32Array(FIRST);
  #high = new Uint32Array(FIRST);

  /** @returns false where it was there already */
  add(id: string): boolean {
    if (this.size >= this.#low.length * FULL) this.#grow();
    const [low, high] = pairOf(id);
    const at = this.#find(low, high);
    if (this.#high[at] !== 0) return false;
    this.#low[at] = low;
    this.#high[at] = high;
    this.size += 1;
    return true;
  }

  has(id: string): boolean {
    const [low, high] = pairOf(id);
    return this.#high[this.#find(low, high)] !== 0;
  }

  /** Its place, or the free one where it would be. */
  #find(low: number, high: number): number {
    const mask = this.#low.length - 1;
    let at = low & mask;
    while (
      this.#high[at] !== 0 &&
      (this.#low[at] !== low || this.#high[at] !== high)
    )
      at = (at + 1) & mask;
    return at;
  }

  #grow(): void {
    const low = this.#low;
    const high = this.#high;
    this.#low = new Uint32Array(low.length * 2);
    this.#high = new Uint32Array(low.length * 2);
    for (let from = 0; from < low.length; from += 1) {
      if (high[from] === 0) continue;
      const at = this.#find(low[from] as number, high[from] as number);
      this.#low[at] = low[from] as number;
      this.#high[at] = high[from] as number;
    }
    release(low);
    release(high);
  }
}

/**
 * Zero in the second means free. The two differ at the beginning: behind texts of one hash the same text
 * would give one hash again.
 */
function pairOf(id: string): [number, number] {
  return [hashOf(id), hashOf(`#${id}`) || 1];
}

/** Which of so many shares of all ids an id is in. */
export function shareOf(id: string, shares: number): number {
  return hashOf(`/${id}`) % shares;
}
