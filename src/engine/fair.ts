/**
 * Whose turn it is among the entries of a queue that are due: lists in turn, in each list its posts
 * in turn, of a post the oldest. Small ones go first, but never so that large ones stand still.
 * And a post that is being exploded gets a turn only while it holds fewer than are free: half of
 * them at most, so that whoever comes next finds one. Entries without a lane are each a post of
 * their own. Pure.
 */
import type { Name } from "../spool/name.ts";

/** What can be chosen from. */
export interface Candidate {
  readonly name?: Pick<Name, "lane">;
}

/** Recipients up to which an entry is small. */
const SMALL = 100;
/** So many small entries may go before one that is not. */
const IN_A_ROW = 4;
/** Turns after which a list or post that has not come again is forgotten. */
const MEMORY = 10_000;

interface Post<C> {
  readonly key: string;
  /** Youngest first. */
  readonly waiting: C[];
}

interface List<C> {
  readonly key: string;
  /** The first is next. */
  readonly posts: Post<C>[];
}

export class Fair<C extends Candidate> {
  /** The first is next. */
  #lists: List<C>[] = [];
  #small = 0;
  #large = 0;
  #turn = 0;
  /** The last turn of lists and posts, so that none goes to the front when all is looked at anew. */
  readonly #last = new Map<string, number>();
  /** Turns of each post that are being made. */
  readonly #active = new Map<string, number>();
  #row = 0;

  /** How many can be chosen from. */
  get size(): number {
    return this.#small + this.#large;
  }

  /** Takes the place of all that could be chosen from. @param due oldest first */
  fill(due: readonly C[]): void {
    const lists = new Map<string, Map<string, Post<C>>>();
    let alone = 0;
    for (const candidate of due) {
      const lane = candidate.name?.lane;
      const list = lane?.list ?? "";
      const key = lane ? keyOf(lane) : `.${alone++}`;
      const posts = lists.get(list) ?? new Map<string, Post<C>>();
      lists.set(list, posts);
      const post = posts.get(key);
      if (post) post.waiting.push(candidate);
      else posts.set(key, { key, waiting: [candidate] });
    }
    this.#forget();
    const all = [...lists].map(([key, posts]) => {
      for (const { waiting } of posts.values()) waiting.reverse();
      return { key, posts: this.#inTurn([...posts.values()]) };
    });
    this.#lists = this.#inTurn(all);
    this.#small = due.filter(isSmall).length;
    this.#large = due.length - this.#small;
  }

  /**
   * Takes the next one out.
   * @param free turns that are not being made
   * @returns undefined where none is left that may be taken now
   */
  next(free: number): C | undefined {
    const found =
      (this.#row < IN_A_ROW ? this.#takeSmall(free) : undefined) ??
      this.#takeLarge(free) ??
      this.#takeSmall(free);
    if (found === undefined) return undefined;
    if (isSmall(found)) {
      this.#row += 1;
      this.#small -= 1;
    } else {
      this.#row = 0;
      this.#large -= 1;
    }
    return found;
  }

  /** A turn with it has begun. */
  begin({ name }: Candidate): void {
    if (!name?.lane) return;
    const key = keyOf(name.lane);
    this.#active.set(key, (this.#active.get(key) ?? 0) + 1);
  }

  /** Its turn has ended. */
  end({ name }: Candidate): void {
    if (!name?.lane) return;
    const key = keyOf(name.lane);
    const left = (this.#active.get(key) ?? 0) - 1;
    if (left > 0) this.#active.set(key, left);
    else this.#active.delete(key);
  }

  #takeSmall(free: number): C | undefined {
    return this.#small === 0 ? undefined : this.#take(free, isSmall);
  }

  #takeLarge(free: number): C | undefined {
    if (this.#large === 0) return undefined;
    return this.#take(free, (candidate) => !isSmall(candidate));
  }

  /** The first in turn that may be taken. */
  #take(free: number, may: (candidate: C) => boolean): C | undefined {
    for (const [place, list] of this.#lists.entries())
      for (const [at, post] of list.posts.entries()) {
        const candidate = post.waiting.at(-1);
        if (!candidate || !may(candidate)) continue;
        if ((this.#active.get(post.key) ?? 0) >= free) continue;
        post.waiting.pop();
        // Whoever had his turn goes to the end.
        list.posts.splice(at, 1);
        if (post.waiting.length > 0) list.posts.push(post);
        this.#lists.splice(place, 1);
        if (list.posts.length > 0) this.#lists.push(list);
        this.#turn += 1;
        this.#note(list.key);
        if (candidate.name?.lane) this.#note(post.key);
        return candidate;
      }
    return undefined;
  }

  /** Who has waited longest for a turn first, and before them who never had one. */
  #inTurn<T extends { readonly key: string }>(all: readonly T[]): T[] {
    const turnOf = ({ key }: T) => this.#last.get(key) ?? 0;
    return all.toSorted((a, b) => turnOf(a) - turnOf(b));
  }

  #note(key: string): void {
    // The oldest stay in front.
    this.#last.delete(key);
    this.#last.set(key, this.#turn);
  }

  #forget(): void {
    for (const [key, turn] of this.#last) {
      if (turn > this.#turn - MEMORY) break;
      this.#last.delete(key);
    }
  }
}

function isSmall({ name }: Candidate): boolean {
  return (name?.lane?.size ?? 1) <= SMALL;
}

function keyOf({ list, post }: { list: string; post: string }): string {
  return `${list}-${post}`;
}
