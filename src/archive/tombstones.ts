/**
 * Posts that were taken out of an archive, and why: a sequence of records, `<archive>/tombstones/0/1` and so
 * on, so that every host's index learns of them. The number stays taken: its file is empty.
 */
import { randomBytes } from "node:crypto";
import { linkSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { errnoOf } from "../base/errors.ts";
import { failpoint } from "../base/failpoint.ts";
import type { FileRange } from "../base/pieces.ts";
import { deposit } from "../lists/deposit.ts";
import { highest, numberPath, numbersOf, recentOf } from "../lists/sequence.ts";
import { draftPath } from "../lists/ticket.ts";
import { openMessage } from "../mail/message.ts";
import { messageIdHash } from "../mail/messageidhash.ts";
import { makeFolder, syncPath, writeNew } from "../spool/durable.ts";
import { moveFile } from "../spool/nfs.ts";
import { namesIn } from "../spool/verify/stream.ts";
import { sumOf } from "./reading.ts";
import { foldersIn, statOf } from "./shelves.ts";
import { find } from "./store.ts";

export interface Tombstone {
  /** Of the post. */
  readonly number: number;
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly by: string;
  readonly reason: string;
  /** SHA-256 of the post, hexadecimal, and the hash of its Message-ID: so it is not taken in again. */
  readonly sha256: string;
  readonly hash: string;
}

function tombstonesOf(archiveDir: string): string {
  return join(archiveDir, "tombstones");
}

/** The number of the last tombstone; 0 where there is none. */
export function lastTombstone(archiveDir: string): number {
  return highest(tombstonesOf(archiveDir));
}

/** The tombstones behind a number. */
export function* tombstonesAfter(
  archiveDir: string,
  after: number,
): Generator<Tombstone> {
  const folder = tombstonesOf(archiveDir);
  for (let at = after + 1, last = highest(folder); at <= last; at += 1) {
    const found = read(numberPath(folder, at));
    if (found) yield found;
  }
}

/** All of them by their posts' numbers. */
export function buriedIn(archiveDir: string): ReadonlyMap<number, Tombstone> {
  const last = lastTombstone(archiveDir);
  if (last === 0) return none;
  const newest = statOf(numberPath(tombstonesOf(archiveDir), last));
  // An archive that was made anew under the name may have as many.
  const state = `${last} ${newest?.ino} ${newest?.mtimeMs}`;
  const known = remembered.get(archiveDir);
  if (known?.state === state) return known.stones;
  const all = [...tombstonesAfter(archiveDir, 0)];
  const stones = new Map(all.map((stone) => [stone.number, stone]));
  remembered.set(archiveDir, { state, stones });
  return stones;
}

/** There are few, and they never change. */
const remembered = new Map<
  string,
  { state: string; stones: ReadonlyMap<number, Tombstone> }
>();
const none: ReadonlyMap<number, Tombstone> = new Map();

/** The one of a post; undefined where it has none. */
export function tombstoneOf(
  archiveDir: string,
  number: number,
): Tombstone | undefined {
  return buriedIn(archiveDir).get(number);
}

/** A post that may be shown: one that was taken out is not, even where a crash has left its file. */
export function findPost(
  archiveDir: string,
  number: number,
): FileRange | undefined {
  const post = find(archiveDir, number);
  return post && post.end > 0 && !tombstoneOf(archiveDir, number)
    ? post
    : undefined;
}

/**
 * Takes a post out of an archive: the record first, so that after a crash it is known what was to go; doing
 * it again ends it. @returns false: there was no such post, or it is gone already
 */
export async function expunge(
  archiveDir: string,
  stone: Omit<Tombstone, "sha256" | "hash">,
): Promise<boolean> {
  const { number } = stone;
  const post = find(archiveDir, number);
  const isNoted = tombstoneOf(archiveDir, number) !== undefined;
  if (!post || (post.end === 0 && isNoted)) return false;
  if (!isNoted) {
    const { header } = await openMessage([post]);
    const hash = messageIdHash(header.get("Message-ID")) ?? "";
    const whole = { ...stone, sha256: await sumOf(post), hash };
    await deposit({
      folder: tombstonesOf(archiveDir),
      id: `expunge-${number}-${randomBytes(4).toString("hex")}`,
      content: [Buffer.from(`${JSON.stringify(whole, undefined, 1)}\n`)],
    });
  }
  failpoint("post-buried");
  // The month's name first: what is empty under its number is known to be gone.
  for (const path of monthsWith(archiveDir, number)) {
    rmSync(path, { force: true });
    await syncPath(dirname(path));
  }
  failpoint("post-unshelved");
  await emptied(numbersOf(archiveDir), number);
  return true;
}

/** The names of a post in its month. */
function monthsWith(archiveDir: string, number: number): string[] {
  return foldersIn(archiveDir, /^\d{4}$/)
    .flatMap((year) => foldersIn(year, /^\d{2}$/))
    .map((month) => join(month, `${number}.eml`))
    .filter((path) => statOf(path));
}

/** Puts an empty file in the place of a number, and of its ticket: a second try of the same post finds it. */
async function emptied(folder: string, number: number): Promise<void> {
  const path = numberPath(folder, number);
  const recent = recentOf(folder);
  const old = statOf(path);
  await makeFolder(recent);
  const draft = draftPath(recent, `expunge-${number}`);
  await writeNew(draft, "");
  for (const { name } of namesIn(recent))
    for (const label of name.startsWith(".")
      ? []
      : namesIn(join(recent, name))) {
      const ticket = join(recent, name, label.name);
      const found = statOf(ticket);
      if (!found || found.ino !== old?.ino || found.dev !== old.dev) continue;
      const other = draftPath(recent, `ticket-${number}`);
      linkSync(draft, other);
      moveFile(other, ticket);
      await syncPath(dirname(ticket));
    }
  moveFile(draft, path);
  await syncPath(dirname(path));
}

function read(path: string): Tombstone | undefined {
  try {
    const found = JSON.parse(readFileSync(path, "utf8"));
    return Number.isSafeInteger(found?.number) ? found : undefined;
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || error instanceof SyntaxError)
      return undefined;
    throw error;
  }
}
