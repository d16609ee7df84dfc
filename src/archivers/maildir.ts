/**
 * Posts in a Maildir (Maildir++ where there are several lists), for an IMAP server. A post is written into
 * tmp/, put aside into the list's own folder `listmill/<list>/ready/`, noted, and only then renamed into
 * new/: so a crash at any place is told from a reader that has moved the message, flagged or deleted it, and
 * it never comes twice.
 */
import { chmodSync, existsSync, rmSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { errnoOf } from "../base/errors.ts";
import { failpoint } from "../base/failpoint.ts";
import { isFile } from "../base/files.ts";
import { lengthOf, type Piece } from "../base/pieces.ts";
import { makeFolder, syncPath, writeNew } from "../spool/durable.ts";
import { move } from "../spool/nfs.ts";
import type { Outcome, Post } from "./asked.ts";
import { withDotLock } from "./dotlock.ts";
import { Ledger, numbered } from "./ledger.ts";
import { mailboxName } from "./maildir/mailboxname.ts";

export interface MaildirSettings {
  readonly folder: string;
  readonly mailbox: string;
}

/** Delivers a post. Throws where it cannot. */
export async function toMaildir(
  post: Post,
  { folder, mailbox }: MaildirSettings,
): Promise<Outcome> {
  const root = resolve(post.home, folder);
  const name = mailboxName(mailbox, post.list);
  if (name === "")
    return { kind: "refused", reason: `${mailbox} is no name for its mailbox` };
  const place = join(root, name);
  const own = join(root, "listmill", post.list.address);
  await makeMaildir(root, place);
  await makeFolder(join(own, "ready"));
  const isNew = await withDotLock(join(own, "list"), () =>
    once(post, place, own),
  );
  return { kind: "done", what: isNew ? `in ${name}` : "was there" };
}

/** @returns false where it had been delivered already */
async function once(post: Post, place: string, own: string): Promise<boolean> {
  const ledger = new Ledger(join(own, "numbers"));
  const content = post.message.pieces();
  const file = `${seconds(post)}.N${post.number}_${post.identity}.listmill`;
  const ready = join(own, "ready", file);
  const isNoted = ledger.has(numbered(post));
  if (!isNoted) {
    const draft = join(place, "tmp", file);
    rmSync(draft, { force: true });
    await writeNew(draft, content, 0o660);
    post.mustHold();
    move(draft, ready);
    await syncPath(join(own, "ready"));
    failpoint("maildir-ready");
    await ledger.add(numbered(post));
    failpoint("maildir-noted");
  }
  // Noted and not there any more: it was delivered, whatever readers have done with it since.
  const isMoved = move(ready, join(place, "new", withSize(file, content)));
  if (isMoved) await syncPath(join(place, "new"));
  failpoint("maildir-delivered");
  return !isNoted || isMoved;
}

/** With the size, so that Dovecot and others need not look for it. */
function withSize(file: string, content: readonly Piece[]): string {
  return `${file},S=${lengthOf(content)}`;
}

function seconds({ received }: Post): number {
  return Math.floor(received.getTime() / 1000);
}

/**
 * Makes a folder of a Maildir++ with the permissions that its root has; the mark of such folders comes last.
 * @param root made where it is missing
 */
async function makeMaildir(root: string, path: string): Promise<void> {
  const mark = join(path, "maildirfolder");
  if (isFile(mark)) return;
  const parts = (folder: string) =>
    ["tmp", "new", "cur"].map((name) => join(folder, name));
  await makeFolder(root);
  const { mode } = statSync(root);
  for (const folder of [...parts(root), path, ...parts(path)]) {
    if (existsSync(folder)) continue;
    await makeFolder(folder);
    chmodSync(folder, mode & 0o7777);
  }
  try {
    await writeNew(mark, "");
  } catch (error) {
    // Another first post came at the same time.
    if (errnoOf(error) !== "EEXIST") throw error;
  }
}
