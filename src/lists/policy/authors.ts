/**
 * How many posts of an author a list has accepted, for rules that ask (posts > 5 in 1h). Each is
 * counted once however often it is tried.
 */
import { keyOf } from "../../mail/address.ts";
import type { Windows } from "./windows.ts";

const byAuthor = "author";
/** Marks an author's post as counted already. */
const counted = "counted";

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
