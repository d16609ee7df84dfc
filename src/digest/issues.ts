/**
 * The issues of a digest. Every claim is a record `claims/<thousand>/<number>` that says what it
 * took: the posts from the one behind the claim before it to the last one collected, as the next
 * issue; or nothing, where none were left.
 *
 * A record is made by one link, which one of all hosts wins; whoever loses reads the winner's and
 * goes on behind it. So each post is in exactly one issue, and issues have no gaps. A record names
 * the entry that claimed: after a crash the same entry finds its issue again, with the same posts.
 */
import { mkdirSync, readFileSync, statSync, unlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { exit, Failure } from "../base/errors.ts";
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

export interface Issue {
  readonly number: number;
  readonly posts: readonly Post[];
}

interface Claim {
  /** The id of the entry that claimed. */
  readonly owner: string;
  /** The number of the issue; of the one before where nothing was taken. */
  readonly issue: number;
  /** The numbers of its first and last post; `last` is below `first` where nothing was taken. */
  readonly first: number;
  readonly last: number;
}

/** How long issued posts are kept, in milliseconds: longer than their ids are remembered. */
const KEPT = 2 * REMEMBERED;

/**
 * Takes all posts that are in no issue yet as one. Called again for the same id it gives the same
 * answer, for 30 days; undefined: there was no post to take. Ask `begun` before asking what is due.
 * @param claimant the digest's folder, and the id of the entry that issues it, `[a-z0-9-]`
 */
export async function claim(claimant: {
  digestDir: string;
  id: string;
}): Promise<Issue | undefined> {
  const { digestDir, id } = claimant;
  const folder = claimsOf(digestDir);
  const seen = String(highest(folder));
  const mine = await ticket(recentOf(folder), id, seen, (path) =>
    mkdirSync(path),
  );
  // All claims up to this one were made before this id began.
  let number = Number(mine.label);
  let before = readClaim(folder, number);
  let newest = highest(folder);
  for (;;) {
    number += 1;
    if (number > newest) {
      const posts = await unclaimed(digestDir, before.last);
      if (await take(folder, number, following(before, id, posts)))
        sweep(digestDir, number);
      newest = number;
    }
    const found = readClaim(folder, number);
    if (found.owner === id) {
      await syncPath(dirname(numberPath(folder, number)));
      return issueOf(digestDir, found);
    }
    before = found;
  }
}

/**
 * Whether a claim of this id has begun, perhaps in a try that died. Then claim again, due or not:
 * the posts that it took wait for nobody else.
 */
export function begun(claimant: { digestDir: string; id: string }): boolean {
  const { digestDir, id } = claimant;
  return hasTicket(recentOf(claimsOf(digestDir)), id);
}

/** An issue that went out, while its posts are kept; undefined where there is none of that number. */
export function issued(digestDir: string, number: number): Issue | undefined {
  const folder = claimsOf(digestDir);
  const newest = highest(folder);
  // Claims that took nothing have numbers too, so an issue's is not below its own.
  for (let at = number; at > 0 && at <= newest; at += 1) {
    const found = readClaim(folder, at);
    if (found.issue > number) return undefined;
    if (found.issue !== number || found.last < found.first) continue;
    const issue = issueOf(digestDir, found);
    return issue && issue.posts.length > 0 ? issue : undefined;
  }
  return undefined;
}

/** The number of the last post that is in an issue; 0 where none is. */
export function lastIssued(digestDir: string): number {
  const folder = claimsOf(digestDir);
  return readClaim(folder, highest(folder)).last;
}

function issueOf(digestDir: string, found: Claim): Issue | undefined {
  if (found.last < found.first) return undefined;
  return {
    number: found.issue,
    posts: postsBetween(digestDir, found.first, found.last),
  };
}

/** Posts behind `last`, their names on disk: what an issue has, no power failure takes. */
async function unclaimed(digestDir: string, last: number): Promise<Post[]> {
  const newest = highest(postsOf(digestDir));
  const posts = postsBetween(digestDir, last + 1, newest);
  for (const shelf of new Set(posts.map((post) => dirname(post.path))))
    await syncPath(shelf);
  return posts;
}

function following(before: Claim, owner: string, posts: Post[]): Claim {
  const first = before.last + 1;
  const newest = posts.at(-1);
  return newest === undefined
    ? { owner, issue: before.issue, first, last: before.last }
    : { owner, issue: before.issue + 1, first, last: newest.number };
}

/** Makes the record of a claim; false: another one has that number. */
async function take(
  folder: string,
  number: number,
  record: Claim,
): Promise<boolean> {
  const path = numberPath(folder, number);
  await makeFolder(dirname(path));
  const draft = draftPath(recentOf(folder), record.owner);
  const { owner, issue, first, last } = record;
  const text = JSON.stringify({ owner, issue, first, last });
  await writeNew(draft, `${text}\n`);
  try {
    if (!claimName(draft, path)) return false;
    failpoint("digest-claimed");
    return true;
  } finally {
    unlinkSync(draft);
  }
}

const RECORD =
  /^\{"owner":"([a-z0-9-]+)","issue":([0-9]+),"first":([0-9]+),"last":([0-9]+)\}\n$/;

/** A record; number 0, which there is none of, took nothing. */
function readClaim(folder: string, number: number): Claim {
  if (number === 0) return { owner: "", issue: 0, first: 1, last: 0 };
  const path = numberPath(folder, number);
  const match = RECORD.exec(readFileSync(path, "utf8"));
  if (match === null)
    throw new Failure(
      exit.dataError,
      `${path} is no record of a claim: put it back from a copy, or write ` +
        `{"owner":"-","issue":N,"first":N,"last":N} with the numbers of an issue and its posts`,
    );
  const [, owner = "", issue, first, last] = match;
  return {
    owner,
    issue: Number(issue),
    first: Number(first),
    last: Number(last),
  };
}

/** Removes posts that were issued long ago, by the file server's clock. */
function sweep(digestDir: string, newest: number): void {
  const folder = claimsOf(digestDir);
  sweepTickets(recentOf(folder), REMEMBERED);
  const limit = statSync(numberPath(folder, newest)).mtimeMs - KEPT;
  for (let number = newest - 1; number > 0; number -= 1) {
    if (statSync(numberPath(folder, number)).mtimeMs >= limit) continue;
    removeUpTo(postsOf(digestDir), readClaim(folder, number).last);
    return;
  }
}

function claimsOf(digestDir: string): string {
  return join(digestDir, "claims");
}
