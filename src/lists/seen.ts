/**
 * Posts that came before: each Message-ID of a list, as `archive/LIST/seen/<xx>/<hash>`, a link that
 * names the entry. When that is too old to count, the next post has `<hash>.<that entry>`, and so on:
 * nothing is ever taken away to make room. So making a link is what decides, over all hosts; it is not
 * synced, as what a power failure takes away here is only that one could come twice.
 */
import { createHash } from "node:crypto";
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  rmSync,
  symlinkSync,
} from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../base/errors.ts";
import { DAY } from "../base/units.ts";
import type { Message } from "../mail/message.ts";
import { isThere } from "../spool/nfs.ts";
import { hasEntry } from "../spool/operator.ts";
import { Spool } from "../spool/spool.ts";

/** Milliseconds for which the same Message-ID is the same post. */
const SAME = DAY;
/** Milliseconds for which it is remembered, so that what is still queued counts. */
const KEPT = 30 * SAME;
/** Characters of a hash that are a name. */
const NAME = 40;
/** Most links of one Message-ID that are followed. */
const LINKS = 10_000;
/** Of so many posts one looks for what is older. */
const SWEEP = 500;

/** As a hook is asked about it. */
interface Post {
  readonly id: string;
  readonly list: { readonly address: string } | undefined;
  readonly message: Pick<Message, "header">;
  readonly now: number;
  readonly site: { readonly home: string };
}

export interface Coming {
  /** HOME/archive/<list address>; made where missing. */
  readonly archiveDir: string;
  readonly messageId: string;
  /** Of the entry; the same in every try. */
  readonly id: string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whether an entry still waits somewhere. */
  isQueued(id: string): boolean;
}

/** What hooks ask about; undefined for a post that cannot be known again. */
export function comingOf({ id, list, message, now, site }: Post) {
  const messageId = message.header.get("Message-ID");
  if (!list || !messageId) return undefined;
  const spool = new Spool(join(site.home, "spool"));
  return {
    archiveDir: join(site.home, "archive", list.address),
    messageId,
    id,
    now,
    isQueued: (entry: string) =>
      ["posts", "held"].some((queue) => hasEntry(spool, queue, entry)),
  };
}

/** The id of the entry that had the same Message-ID before; undefined where none had. */
export function seenBefore(coming: Coming): string | undefined {
  const last = lastOf(coming);
  return "by" in last ? last.by : undefined;
}

/** Notes an entry, unless another one has its Message-ID. @returns as seenBefore */
export function noteSeen(coming: Coming): string | undefined {
  const { id, now } = coming;
  const { folder, isTurn } = placeOf(coming);
  mkdirSync(folder, { recursive: true });
  if (isTurn) sweep(folder, now);
  for (let tries = 0; tries < 5; tries += 1) {
    const last = lastOf(coming);
    if ("by" in last) return last.by;
    if (link(id, last.free)) return undefined;
    // Another one was first; NFS has to be asked anew to show it.
    isThere(last.free);
  }
  return undefined;
}

/** The entry that has the Message-ID now (undefined: this one), or the name that the next one takes. */
function lastOf(
  coming: Coming,
): { readonly by: string | undefined } | { readonly free: string } {
  const { id, now, isQueued } = coming;
  const { path } = placeOf(coming);
  let free = path;
  let other = linkAt(free);
  for (let links = 0; other && links < LINKS; links += 1) {
    if (other.id === id) return { by: undefined };
    if (now - other.since < SAME) return { by: other.id };
    free = `${path}.${other.id}`;
    const next = linkAt(free);
    if (!next && isQueued(other.id)) return { by: other.id };
    other = next;
  }
  return { free };
}

function placeOf({ archiveDir, messageId }: Coming) {
  const hash = createHash("sha256").update(messageId).digest("hex");
  const folder = join(archiveDir, "seen", hash.slice(0, 2));
  const path = join(folder, hash.slice(2, 2 + NAME));
  const isTurn = Number.parseInt(hash.slice(-8), 16) % SWEEP === 0;
  return { folder, path, isTurn };
}

function link(id: string, path: string): boolean {
  try {
    symlinkSync(id, path);
    return true;
  } catch (error) {
    if (errnoOf(error) === "EEXIST") return false;
    throw error;
  }
}

function linkAt(path: string): { id: string; since: number } | undefined {
  try {
    return { id: readlinkSync(path), since: lstatSync(path).mtimeMs };
  } catch (error) {
    if (["ENOENT", "ESTALE"].includes(errnoOf(error) ?? "")) return undefined;
    throw error;
  }
}

/** Takes away the links of each Message-ID that was not seen for long: all of them, or none. */
function sweep(folder: string, now: number): void {
  const young = new Set<string>();
  const names = readdirSync(folder);
  for (const name of names) {
    const since = linkAt(join(folder, name))?.since ?? now;
    if (now - since <= KEPT) young.add(name.slice(0, NAME));
  }
  for (const name of names)
    if (!young.has(name.slice(0, NAME)))
      rmSync(join(folder, name), { force: true });
}
