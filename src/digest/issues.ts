/**
 * The issues of a digest. Every claim is a record `claims/<thousand>/<number>` that says what it
 * took: the posts from the one behind the claim before it to the last one collected, as the next
 * issue; or nothing, where none were left, or where it only begins a volume.
 *
 * A record is made by one link, which one of all hosts wins; whoever loses reads the winner's and
 * goes on behind it. So each post is in exactly one issue, and issues have no gaps. A record names
 * the entry that claimed: after a crash the same entry finds its issue again, with the same posts.
 */
import { mkdirSync, statSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { failpoint } from "../base/failpoint.ts";
import {
  highest,
  numberPath,
  REMEMBERED,
  recentOf,
  removeUpTo,
} from "../lists/sequence.ts";
import { draftPath, hasTicket, sweepTickets, ticket } from "../lists/ticket.ts";
import { makeFolder, syncPath, writeNew } from "../spool/durable.ts";
import { claimName } from "../spool/nfs.ts";
import { type Post, postsBetween, postsOf } from "./posts.ts";
import {
  beginning,
  type Claim,
  type Counting,
  following,
  formatRecord,
  readRecord,
} from "./record.ts";

export interface Issue {
  /** Counted through, whatever the volume. */
  readonly number: number;
  readonly volume: number;
  /** Its number in the volume. */
  readonly ordinal: number;
  /** When it was made, milliseconds since 1970; 0 where that was not noted. */
  readonly time: number;
  readonly posts: readonly Post[];
}

/** Who claims: the digest's folder, and the id of the entry, `[a-z0-9-]`. */
export interface Claimant {
  readonly digestDir: string;
  readonly id: string;
}

/** How long issued posts are kept, in milliseconds: longer than their ids are remembered. */
const KEPT = 2 * REMEMBERED;

/**
 * Takes all posts that are in no issue yet as one. Called again for the same id it gives the same
 * answer, for 30 days; undefined: there was no post to take. Ask `begun` before asking what is due.
 */
export async function claim(
  claimant: Claimant,
  counting: Counting,
): Promise<Issue | undefined> {
  const { digestDir, id } = claimant;
  const found = await record(claimant, async (before) => {
    const posts = await unclaimed(digestDir, before.last);
    return following(before, id, posts.at(-1)?.number, counting);
  });
  return issueOf(digestDir, found);
}

/** Begins a volume; again for the same id it begins no other one. @returns its number */
export async function beginVolume(claimant: Claimant): Promise<number> {
  const made = await record(claimant, async (before) =>
    beginning(before, claimant.id),
  );
  return made.volume;
}

/** The record of an id, which is made where there is none. */
async function record(
  { digestDir, id }: Claimant,
  make: (before: Claim) => Promise<Claim>,
): Promise<Claim> {
  const folder = claimsOf(digestDir);
  const seen = String(highest(folder));
  const mine = await ticket(recentOf(folder), id, seen, (path) =>
    mkdirSync(path),
  );
  // All claims up to this one were made before this id began.
  let number = Number(mine.label);
  let before = readRecord(folder, number);
  let newest = highest(folder);
  for (;;) {
    number += 1;
    if (number > newest) {
      if (await take(folder, number, await make(before)))
        sweep(digestDir, number);
      newest = number;
    }
    const found = readRecord(folder, number);
    if (found.owner === id) {
      await syncPath(dirname(numberPath(folder, number)));
      return found;
    }
    before = found;
  }
}

/**
 * Whether a claim of this id has begun, perhaps in a try that died. Then claim again, due or not:
 * the posts that it took wait for nobody else.
 */
export function begun({ digestDir, id }: Claimant): boolean {
  return hasTicket(recentOf(claimsOf(digestDir)), id);
}

/** An issue that went out, while its posts are kept; undefined where there is none of that number. */
export function issued(digestDir: string, number: number): Issue | undefined {
  const folder = claimsOf(digestDir);
  const newest = highest(folder);
  // Claims that took nothing have numbers too, so an issue's is not below its own.
  for (let at = number; at > 0 && at <= newest; at += 1) {
    const found = readRecord(folder, at);
    if (found.issue > number) return undefined;
    if (found.issue !== number || found.last < found.first) continue;
    const issue = issueOf(digestDir, found);
    return issue && issue.posts.length > 0 ? issue : undefined;
  }
  return undefined;
}

/** The records of all issues, oldest first. */
export function* issuesIn(digestDir: string): Generator<Claim> {
  const folder = claimsOf(digestDir);
  const newest = highest(folder);
  for (let at = 1; at <= newest; at += 1) {
    const found = readRecord(folder, at);
    if (found.last >= found.first) yield found;
  }
}

/** The last record: what is in an issue, and when that was made. */
export function lastRecord(digestDir: string): Claim {
  const folder = claimsOf(digestDir);
  return readRecord(folder, highest(folder));
}

function issueOf(digestDir: string, found: Claim): Issue | undefined {
  const { issue: number, volume, ordinal, first, last, time } = found;
  if (last < first) return undefined;
  const posts = postsBetween(digestDir, first, last);
  return { number, volume, ordinal, time, posts };
}

/** Posts behind `last`, their names on disk: what an issue has, no power failure takes. */
async function unclaimed(digestDir: string, last: number): Promise<Post[]> {
  const newest = highest(postsOf(digestDir));
  const posts = postsBetween(digestDir, last + 1, newest);
  for (const shelf of new Set(posts.map((post) => dirname(post.path))))
    await syncPath(shelf);
  return posts;
}

/** Puts a record in place; false: another one has that number. */
async function take(
  folder: string,
  number: number,
  made: Claim,
): Promise<boolean> {
  const path = numberPath(folder, number);
  await makeFolder(dirname(path));
  const draft = draftPath(recentOf(folder), made.owner);
  await writeNew(draft, formatRecord(made));
  try {
    if (!claimName(draft, path)) return false;
    failpoint("digest-claimed");
    return true;
  } finally {
    unlinkSync(draft);
  }
}

/** Removes posts that were issued long ago, by the file server's clock. */
function sweep(digestDir: string, newest: number): void {
  const folder = claimsOf(digestDir);
  sweepTickets(recentOf(folder), REMEMBERED);
  const limit = statSync(numberPath(folder, newest)).mtimeMs - KEPT;
  for (let number = newest - 1; number > 0; number -= 1) {
    if (statSync(numberPath(folder, number)).mtimeMs >= limit) continue;
    removeUpTo(postsOf(digestDir), readRecord(folder, number).last);
    return;
  }
}

function claimsOf(digestDir: string): string {
  return join(digestDir, "claims");
}
