/**
 * Numbers without a conductor: 1, 2, 3 … for files, over any number of processes and hosts. The
 * number is allotted by the act itself, a hard link `<folder>/<thousand>/<number>`: the link that
 * succeeds has it. After a crash anywhere the same id finds its number or gets the next one;
 * there are no gaps and no doubles.
 *
 *     <folder>/0/17                    the file that is number 17
 *     <folder>/recent/<id>/<floor>     the ticket of an id: its file, and a number that was taken before it
 *
 * A number is tried only after the one below it was seen taken, so an id's number can only be
 * found by walking up from its floor, and there it is recognised by its inode.
 */
import { linkSync, readdirSync, rmdirSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { errnoOf } from "../base/errors.ts";
import { failpoint } from "../base/failpoint.ts";
import { makeFolder, syncPath } from "../spool/durable.ts";
import { claimName } from "../spool/nfs.ts";
import { sweepTickets, type Ticket, ticket } from "./ticket.ts";

/** How long an id finds its number again, in milliseconds. */
export const REMEMBERED = 30 * 24 * 3600_000;

export interface Allotted {
  readonly number: number;
  /** The note of the first call for this id. */
  readonly note: string;
  readonly path: string;
}

/**
 * Gives a file the next free number, once for an id: a second call finds the first one's file,
 * number and note again, for 30 days at least.
 * @param folder made where missing
 * @param file complete and synced, on the file system of `folder` (else EXDEV is thrown), under no other id
 * @param id `[a-z0-9-]`
 * @param note `[A-Za-z0-9-]`, kept with the id
 */
export async function allot(
  folder: string,
  file: string,
  id: string,
  note = "",
): Promise<Allotted> {
  const label = `${floorOf(folder)}.${note}`;
  const recent = recentOf(folder);
  const first = await ticket(recent, id, label, (path) => linkSync(file, path));
  const { floor, note: kept } = readLabel(first);
  for (let number = floor + 1; ; number += 1) {
    const path = numberPath(folder, number);
    const mine = await take(first.path, path);
    remember(folder, number);
    if (!mine) continue;
    failpoint("number-allotted");
    await syncPath(dirname(path));
    if (number % 1000 === 0) sweepTickets(recent, REMEMBERED);
    return { number, note: kept, path };
  }
}

/** The sequence of the posts in a list's archive. @param archiveDir HOME/archive/<list address> */
export function numbersOf(archiveDir: string): string {
  return join(archiveDir, "numbers");
}

/** Where the file with this number is, or would be. */
export function numberPath(folder: string, number: number): string {
  return join(folder, String(Math.floor(number / 1000)), String(number));
}

/** Where the tickets and drafts of a sequence are. */
export function recentOf(folder: string): string {
  return join(folder, "recent");
}

/** The highest number taken, by listing; 0 where there is none. */
export function highest(folder: string): number {
  for (const thousand of numbersIn(folder).reverse()) {
    const found = numbersIn(join(folder, String(thousand))).at(-1);
    if (found !== undefined) return found;
  }
  return 0;
}

/** The numbers that have a file, ascending, by listing one shelf after the other. */
export function* numbersWithFiles(folder: string): Generator<number> {
  for (const thousand of numbersIn(folder))
    yield* numbersIn(join(folder, String(thousand)));
}

/**
 * Removes the files numbered up to `last`. The highest number must be kept, and ids that hold
 * one of these must be older than REMEMBERED: a number removed is one that could be taken again.
 */
export function removeUpTo(folder: string, last: number): void {
  sweepTickets(recentOf(folder), REMEMBERED);
  for (const thousand of numbersIn(folder)) {
    if (thousand * 1000 > last) return;
    const shelf = join(folder, String(thousand));
    for (const number of numbersIn(shelf))
      if (number <= last) rmSync(join(shelf, String(number)), { force: true });
    if (thousand * 1000 + 999 <= last) removeEmpty(shelf);
  }
}

/** Links `file` to a number; false where another file has it. */
async function take(file: string, path: string): Promise<boolean> {
  try {
    return claimName(file, path);
  } catch (error) {
    if (errnoOf(error) !== "ENOENT") throw error;
    await makeFolder(dirname(path));
    return claimName(file, path);
  }
}

function readLabel(found: Ticket): { floor: number; note: string } {
  const match = /^([0-9]+)\.([A-Za-z0-9-]*)$/.exec(found.label);
  if (match === null) throw new Error(`not a ticket: ${found.path}`);
  return { floor: Number(match[1]), note: match[2] ?? "" };
}

/** The last number that this process saw taken, a folder; a folder made anew is another one. */
const known = new Map<string, { identity: string; number: number }>();

function floorOf(folder: string): number {
  const seen = known.get(folder);
  if (seen?.identity === identityOf(folder)) return seen.number;
  return highest(folder);
}

function remember(folder: string, number: number): void {
  const identity = identityOf(folder);
  const seen = known.get(folder);
  if (seen?.identity === identity && seen.number > number) return;
  known.set(folder, { identity, number });
}

/** An inode is soon used again after a removal, so the time of birth counts too. */
function identityOf(folder: string): string {
  const found = statSync(folder, { bigint: true, throwIfNoEntry: false });
  return found ? `${found.dev}.${found.ino}.${found.birthtimeNs}` : "missing";
}

/** The numbers that are names in a folder, ascending. */
function numbersIn(folder: string): number[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return [];
    throw error;
  }
  return names
    .filter((name) => /^(0|[1-9][0-9]{0,14})$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch (error) {
    if (!["ENOENT", "ENOTEMPTY", "EEXIST"].includes(errnoOf(error) ?? ""))
      throw error;
  }
}
