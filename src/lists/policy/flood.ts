/**
 * Floods: a list that has accepted more posts in a window than it may holds all further ones, until
 * a person has had a look (listmill list calm). Posts are counted over all hosts that share the
 * state, each once however often it is tried.
 */
import { keyOf } from "../../mail/address.ts";
import { stateOf } from "../state.ts";

/** Things that happened, as the state keeps them for sliding windows. */
export interface Windows {
  /** Notes a thing once. @returns how many others of its kind and key there are in the window */
  note(
    kind: string,
    key: string,
    id: string,
    now: number,
    window: number,
  ): Promise<number>;
  count(kind: string, key: string, since: number): Promise<number>;
  latest(
    kind: string,
    key: string,
  ): Promise<{ readonly at: number; readonly id: string } | undefined>;
  forget(kind: string, key: string): Promise<void>;
}

/** Those of a home. */
export async function windowsOf(home: string): Promise<Windows> {
  return (await stateOf(home)).windows;
}

const post = "post";
const flood = "flood";
const byAuthor = "author";
/** Marks an author's post as counted already. */
const counted = "counted";
/** Milliseconds: a flood ends when a person says so. */
const AGES = 100 * 365 * 86_400_000;

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
  if (!trial) await windows.note(flood, key, id, now, AGES);
  return "begins";
}

/** Ends a flood: posts are counted from none. @returns whether there was one */
export async function calm(windows: Windows, list: string): Promise<boolean> {
  const key = keyOf(list);
  const began = await windows.latest(flood, key);
  await windows.forget(post, key);
  await windows.forget(flood, key);
  return began !== undefined;
}

export interface ByAuthor {
  readonly list: string;
  readonly author: string;
  readonly id: string;
}

/** Notes that a post of an author was accepted. @param window milliseconds of the longest rule */
export async function noteAuthor(
  windows: Windows,
  { list, author, id }: ByAuthor,
  now: number,
  window: number,
): Promise<void> {
  await windows.note(byAuthor, authorKey(list, author), id, now, window);
  await windows.note(counted, authorKey(list, id), id, now, window);
}

/** How many other posts of an author were accepted after a moment. */
export async function acceptedBy(
  windows: Windows,
  { list, author, id, since }: ByAuthor & { readonly since: number },
): Promise<number> {
  const all = await windows.count(byAuthor, authorKey(list, author), since);
  if (all === 0) return 0;
  // A post that was accepted and is tried again is one of them.
  const own = await windows.latest(counted, authorKey(list, id));
  return own && own.at > since ? all - 1 : all;
}

function authorKey(list: string, author: string): string {
  return `${keyOf(list)} ${keyOf(author)}`;
}
