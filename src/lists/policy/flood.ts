/**
 * Floods: a list that has accepted more posts in a window than it may holds all further ones, until
 * a person has had a look (listmill list calm). Posts are counted over all hosts that share the
 * state, each once however often it is tried.
 */
import { DAY } from "../../base/units.ts";
import { keyOf } from "../../mail/address.ts";
import type { Windows } from "./windows.ts";

const post = "post";
const flood = "flood";
/** Milliseconds: a flood ends when a person says so. */
const AGES = 100 * 365 * DAY;

export interface Coming {
  /** The list's address. */
  readonly list: string;
  /** Of the post. */
  readonly id: string;
  readonly now: number;
  /** Most posts in a window of so many milliseconds. */
  readonly limit: { readonly posts: number; readonly window: number };
  /** Only tried out: nothing is noted. */
  readonly trial: boolean;
}

/**
 * Counts a post that was accepted.
 * @returns "calm"; "begins" for the post that is one too many, also where it is asked about again;
 *   "goes on" for those behind it
 */
export async function floodAt(
  windows: Windows,
  { list, id, now, limit, trial }: Coming,
): Promise<"calm" | "begins" | "goes on"> {
  const key = keyOf(list);
  const began = await windows.latest(flood, key);
  if (began) return began.id === id ? "begins" : "goes on";
  const others = trial
    ? await windows.count(post, key, now - limit.window)
    : await windows.note(post, key, id, now, limit.window);
  if (others < limit.posts) return "calm";
  if (trial) return "begins";
  // Several may be one too many at once: one of them begins it.
  const first = await windows.first(flood, key, id, now, AGES);
  return first === id ? "begins" : "goes on";
}

/** Ends a flood: posts are counted from none. @returns whether there was one */
export async function calm(windows: Windows, list: string): Promise<boolean> {
  const key = keyOf(list);
  const began = await windows.latest(flood, key);
  await windows.forget(post, key);
  await windows.forget(flood, key);
  return began !== undefined;
}
