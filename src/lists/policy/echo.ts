/**
 * A program that answers each post of a list, and so its own answers too: it bears no mark of a program,
 * and where answers go to the list it would never end. It is told by how much one author posts.
 */
import { keyOf } from "../../mail/address.ts";
import type { Windows } from "./windows.ts";

/** Posts of one author that no person writes in this time. */
export const POSTS = 20;
export const WINDOW = 600_000;

const kind = "echo";

export interface Echo {
  /** The list's address. */
  readonly list: string;
  readonly author: string;
  /** Of the post. */
  readonly id: string;
  readonly now: number;
  /** Only tried out: nothing is noted. */
  readonly trial: boolean;
}

/** By how many posts an author is above what a person writes; 0: he is not. Those that wait count too. */
export async function aboveSelf(
  windows: Windows,
  { list, author, id, now, trial }: Echo,
): Promise<number> {
  const key = `${keyOf(list)} ${keyOf(author)}`;
  const others = trial
    ? await windows.count(kind, key, now - WINDOW)
    : await windows.note(kind, key, id, now, WINDOW);
  return Math.max(0, others + 1 - POSTS);
}
