/**
 * Posts in inboxes of public-inbox, version 2: git repositories that anybody can clone, and that
 * public-inbox-httpd, -nntpd and -imapd serve. An inbox is made where there is none; one that
 * public-inbox-init has made will do. Commits are made by git-fast-import(1) under inbox.lock, as public-inbox's own
 * programs do it, each post once; then public-inbox-index is run, where it is installed.
 */
import { join, resolve } from "node:path";
import { failpoint } from "../base/failpoint.ts";
import { isFile } from "../base/files.ts";
import { withKernelLock } from "../base/held.ts";
import { run } from "../base/run.ts";
import { makeFolder } from "../spool/durable.ts";
import type { Outcome, Post } from "./asked.ts";
import { known, Ledger, numbered } from "./ledger.ts";
import { clearNote, noteIn, writeNote } from "./note.ts";
import { blobOf, commands, kept } from "./publicinbox/commit.ts";
import { Git, settingOf } from "./publicinbox/git.ts";
import { inboxName } from "./publicinbox/inboxname.ts";
import {
  addEpoch,
  epochOf,
  epochsOf,
  hasEpoch,
  isInbox,
  makeInbox,
  packedBytes,
} from "./publicinbox/layout.ts";

export interface PublicInboxSettings {
  readonly folder: string;
  readonly index: boolean;
  readonly index_program: string;
  /** Bytes. */
  readonly epoch: number;
  /** Milliseconds. */
  readonly timeout: number;
}

/** What is about to be committed. */
interface Pending {
  readonly number: number;
  readonly identity: string;
  readonly epoch: number;
  /** The last commit before. */
  readonly tip: string;
  readonly blob: string;
}

/** Posts between two looks whether git should pack. */
const PACK = 50;

/** Commits a post. Throws where it cannot. */
export async function toPublicInbox(
  post: Post,
  given: PublicInboxSettings,
): Promise<Outcome> {
  const timeout = Math.min(given.timeout, post.patience);
  const settings = { ...given, timeout };
  const folder = resolve(post.home, settings.folder);
  const inbox = join(folder, post.list.address);
  await makeFolder(inbox);
  const what = await withKernelLock(join(inbox, "inbox.lock"), "flock", () =>
    once(post, settings, inbox),
  );
  const program = resolve(post.home, settings.index_program);
  if (settings.index && isFile(program))
    await run({
      program,
      args: [inbox],
      environment: { PI_CONFIG: join(folder, "config"), HOME: folder },
      longest: settings.timeout,
    });
  return { kind: "done", what };
}

async function once(
  post: Post,
  { epoch: largest, timeout }: PublicInboxSettings,
  inbox: string,
): Promise<string> {
  if (!isInbox(inbox)) await found(post, inbox);
  const own = join(inbox, "listmill");
  const posts = new Ledger(join(own, "numbers"));
  const messages = new Ledger(join(own, "messages"));
  const note = join(own, "pending");
  const remember = async (which: Pick<Post, "number" | "identity">) => {
    await messages.add(known(which));
    await posts.add(numbered(which));
    clearNote(note);
  };
  const pending = noteIn<Pending>(note);
  if (pending) {
    const git = new Git(epochOf(inbox, pending.epoch), timeout);
    const { tip, blob } = pending;
    if (await git.hasSince(git.branch(), tip, blob)) await remember(pending);
  }
  if (posts.has(numbered(post))) return "was there";
  if (messages.has(known(post)))
    return "has a Message-ID that is there already";

  const message = kept(post);
  let epoch = epochsOf(inbox).at(-1) ?? 0;
  if (packedBytes(epochOf(inbox, epoch)) >= largest) epoch += 1;
  if (!hasEpoch(inbox, epoch)) await addEpoch(inbox, epoch);
  const git = new Git(epochOf(inbox, epoch), timeout);
  const branch = git.branch();
  const tip = await git.tip(branch);
  const { number, identity } = post;
  const blob = await blobOf(message.pieces());
  post.mustHold();
  await makeFolder(own);
  await writeNote(note, { number, identity, epoch, tip, blob });
  failpoint("inbox-noted");
  await git.import(halfway(commands(post, message, branch, tip)));
  failpoint("inbox-written");
  await remember(post);
  // For those who clone over plain HTTP.
  await git.tell(["update-server-info"]);
  if (number % PACK === 0) await git.tell(["gc", "--auto", "--quiet"]);
  return `in epoch ${epoch}`;
}

async function* halfway(bytes: AsyncIterable<Uint8Array>) {
  for await (const chunk of bytes) {
    yield chunk;
    failpoint("inbox-half");
  }
}

/** Makes an inbox, and names it in the settings for public-inbox's servers. */
async function found({ list }: Post, inbox: string): Promise<void> {
  const config = join(inbox, "../config");
  const name = `publicinbox.${inboxName(list)}`;
  // Of an inbox of that name that is somebody's the address is his.
  if ((await settingOf(config, `${name}.inboxdir`, inbox)) === inbox)
    await settingOf(config, `${name}.address`, list.address);
  await makeInbox(inbox);
}
