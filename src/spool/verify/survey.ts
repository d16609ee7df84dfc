/**
 * What a look over a spool works with, and what it remembers on its way: counts, and a few bytes of
 * each id. All else is told at once and forgotten.
 */
import { messageOf } from "../../base/errors.ts";
import { Fenced } from "../claim.ts";
import type { Spool } from "../spool.ts";
import type { Eye } from "./entry.ts";
import type { Hand } from "./hand.ts";
import { Ids } from "./ids.ts";
import { Pause } from "./pause.ts";
import type { Report } from "./report.ts";

export interface Given extends Eye {
  readonly spool: Spool;
  readonly report: Report;
  /** Milliseconds. */
  now(): number;
  isDead(node: string): Promise<boolean>;
  /** Puts right what it can; without it nothing is changed. */
  readonly hand?: Hand | undefined;
  /** Aborted where a person wants it to end. */
  readonly signal: AbortSignal;
  /** Told of entries as they are looked at. */
  counted(entries: number): void;
}

/** Posts of which an entry is remembered. */
const POSTS = 100_000;

export class Survey {
  entries = 0;
  atWork = 0;
  /** Ids that were met twice. */
  readonly twice = new Ids();
  /** An entry with recipients of each post, by what their names have in common. */
  readonly posts = new Map<string, string>();
  /** What dead nodes left. */
  readonly dead: { queue: string; node: string; count: number }[] = [];
  readonly given: Given;
  readonly #ids = new Ids();
  readonly #dead = new Map<string, boolean>();
  readonly #pause: Pause;

  constructor(given: Given) {
    this.given = given;
    this.#pause = new Pause(given.signal);
  }

  meet(id: string): void {
    if (!this.#ids.add(id)) this.twice.add(id);
  }

  meetPost(post: string, path: string): void {
    if (this.posts.size < POSTS && !this.posts.has(post))
      this.posts.set(post, path);
  }

  count(): void {
    this.entries += 1;
    this.given.counted(1);
  }

  /** Judged once: one that dies meanwhile is a matter of the next look. */
  async isDead(node: string): Promise<boolean> {
    const known = this.#dead.get(node);
    if (known !== undefined) return known;
    const dead = await this.given.isDead(node);
    this.#dead.set(node, dead);
    return dead;
  }

  /** Between any two entries. Throws Failure 75 where it is to end. */
  pause(): Promise<void> {
    return this.#pause.take();
  }

  /**
   * An act of repair. @returns what was done, and what went wrong; nothing of both where somebody
   * else was faster. Throws what ends all of it.
   */
  async act(
    act: (hand: Hand) => Promise<string | undefined> | string | undefined,
  ): Promise<{ done?: string; trouble?: string }> {
    const { hand } = this.given;
    if (!hand) return {};
    try {
      const done = await act(hand);
      return done === undefined ? {} : { done };
    } catch (error) {
      if (error instanceof Fenced) throw error;
      return { trouble: messageOf(error) };
    }
  }
}
