/**
 * Posts as mailboxes, one file a month: <folder>/<list>/2026-11.mbox, of the form mboxrd. Locked as other
 * programs lock mailboxes: fcntl(2), where there is Perl to hold it, and then a dot lock. Each post stands
 * there once, whatever dies when.
 */
import { join, resolve } from "node:path";
import { isFile } from "../base/files.ts";
import { holder, withKernelLock } from "../base/held.ts";
import { boxed, fromLine } from "../mail/mbox.ts";
import { authorOf } from "../mail/message.ts";
import { makeFolder } from "../spool/durable.ts";
import type { Outcome, Post } from "./asked.ts";
import { withDotLock } from "./dotlock.ts";
import { Ledger, numbered } from "./ledger.ts";
import { append, mend, type Piece, settle } from "./mbox/mailbox.ts";

export interface MboxSettings {
  readonly folder: string;
}

/** Appends a post. Throws where it cannot, with nothing left half. */
export async function toMbox(
  post: Post,
  { folder }: MboxSettings,
): Promise<Outcome> {
  const place = resolve(post.home, folder, post.list.address);
  const month = post.received.toISOString().slice(0, 7);
  const path = join(place, `${month}.mbox`);
  await makeFolder(place);
  const isNew = await withDotLock(join(place, ".list"), () =>
    locked(path, () => once(post, path, new Ledger(join(place, ".numbers")))),
  );
  return { kind: "done", what: isNew ? `in ${month}.mbox` : "was there" };
}

/** @returns false where it was there already */
async function once(post: Post, path: string, ledger: Ledger) {
  const there = await mend(path);
  if (there) await ledger.add(numbered(there));
  settle(path);
  if (ledger.has(numbered(post))) return false;
  post.mustHold();
  await append(path, pieceOf(post));
  await ledger.add(numbered(post));
  settle(path);
  return true;
}

function pieceOf(post: Post): Piece {
  const { message, number, identity, received } = post;
  const from = fromLine(authorOf(message.header) ?? "", received);
  const bytes = () => boxed(from, message.pieces());
  return { number, identity, from, bytes };
}

function locked<T>(path: string, act: () => Promise<T>): Promise<T> {
  const dotted = () => withDotLock(path, act);
  return isFile(holder) ? withKernelLock(path, "fcntl", dotted) : dotted();
}
