/**
 * The files that sources keep, in HOME/state/sources/<list>/: local to a host, and safe to delete. An
 * answer is written to a draft, synced and renamed in place: after a crash there is the old or the new.
 */
import { randomUUID } from "node:crypto";
import {
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  unlinkSync,
  utimesSync,
} from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { dirname, join } from "node:path";
import { systemClock } from "../../base/clock.ts";
import { errnoOf } from "../../base/errors.ts";
import { pagesOf, unbroken } from "../../base/lines.ts";
import { HOUR } from "../../base/units.ts";
import { syncPath, writeNew } from "../../spool/durable.ts";
import { moveFile } from "../../spool/nfs.ts";
import { sourceFailure } from "./context.ts";

/** Answers that are kept of a list's source; strangers may make many of a query with their address. */
const KEPT = 100;

/** Milliseconds after which nobody writes a draft any more. */
const ABANDONED = HOUR;

/**
 * The path of a file that a source of a list keeps for itself. Its folder is made; what its section kept
 * under other names (of a URL that was changed since) goes after an hour, and drafts do. Write it with
 * `replace` of spool/durable.ts, and not where `context.trial` is set.
 * @param home absolute
 * @param list the list's address, as its folder is named
 * @param name a file's name, such as "web.3f2a.copy" (never one of a stranger's making)
 * @param now milliseconds since 1970
 */
export function keptFile(
  home: string,
  list: string,
  name: string,
  now = systemClock.now(),
): string {
  const path = pathOf(home, list, name);
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o750 });
  const [section] = name.split(".", 1);
  for (const { file, at, since } of filesIn(folder, now)) {
    const isOther =
      file !== name && file.startsWith(`${section}.`) && file.endsWith(".copy");
    if ((isOther || isDraft(file)) && now - since > ABANDONED)
      rmSync(at, { force: true });
  }
  return path;
}

/** The same without the folder being made. */
export function pathOf(home: string, list: string, name: string): string {
  if ([list, name].some((one) => !/^[^./][^/]*$/.test(one)))
    throw new Error(`not a name for a kept file: ${list}/${name}`);
  return join(home, "state", "sources", list, name);
}

/** An answer that was kept, open: it can be read also when it is replaced meanwhile. */
export interface Answer {
  readonly handle: FileHandle;
  /** Milliseconds, also where the clock was set back since. */
  readonly age: number;
}

/** The answer that lies there, if there is one. @param now milliseconds since 1970 */
export async function answerAt(
  path: string,
  now: number,
): Promise<Answer | undefined> {
  try {
    const handle = await open(path);
    const { mtimeMs } = await handle.stat();
    return { handle, age: Math.abs(now - mtimeMs) };
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw sourceFailure(path, error);
  }
}

/** The lines of an answer, a page at a time. */
export function pages(handle: FileHandle): AsyncGenerator<string[]> {
  const stream = handle.createReadStream({ start: 0, autoClose: false });
  return pagesOf(unbroken(stream as AsyncIterable<Buffer>, "an answer"));
}

/**
 * Keeps an answer, which is complete when the bytes are through. Throws what they throw, with nothing
 * changed, and where it cannot be written.
 * @param now what counts as its time, in milliseconds since 1970
 * @param isPassing asked when it is complete: whether it is not to be kept after all
 */
export async function keep(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
  now: number,
  isPassing: () => boolean,
): Promise<FileHandle> {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o750 });
  const draft = join(folder, `.${randomUUID()}.draft`);
  await writeNew(draft, bytes);
  if (isPassing()) return openedLast(draft);
  utimesSync(draft, now / 1000, now / 1000);
  moveFile(draft, path);
  await syncPath(folder);
  return open(path);
}

/** Takes an answer without keeping it. @param path of a file that is there only meanwhile */
export async function take(
  path: string,
  bytes: AsyncIterable<Uint8Array>,
): Promise<FileHandle> {
  await writeNew(path, bytes);
  return openedLast(path);
}

/** A file that nobody else will find any more. */
async function openedLast(path: string): Promise<FileHandle> {
  const handle = await open(path);
  unlinkSync(path);
  return handle;
}

/**
 * Removes a section's answers that are too old to be taken, the oldest of too many, and all drafts that
 * were abandoned.
 * @param now milliseconds since 1970
 * @param oldest milliseconds
 */
export function tidy(
  folder: string,
  section: string,
  now: number,
  oldest: number,
): void {
  const answers: Kept[] = [];
  for (const kept of filesIn(folder, now)) {
    const { file, at, since } = kept;
    const isAnswer = file.startsWith(`${section}.`) && file.endsWith(".answer");
    const longest = isDraft(file) ? ABANDONED : oldest;
    if ((isDraft(file) || isAnswer) && now - since > longest)
      rmSync(at, { force: true });
    else if (isAnswer) answers.push(kept);
  }
  answers.sort((a, b) => b.since - a.since);
  for (const { at } of answers.slice(KEPT)) rmSync(at, { force: true });
}

interface Kept {
  readonly file: string;
  readonly at: string;
  /** Milliseconds since 1970. */
  readonly since: number;
}

function* filesIn(folder: string, now: number): Generator<Kept> {
  for (const file of readdirSync(folder)) {
    const at = join(folder, file);
    const { mtimeMs = now } = statSync(at, { throwIfNoEntry: false }) ?? {};
    yield { file, at, since: mtimeMs };
  }
}

function isDraft(file: string): boolean {
  return file.startsWith(".") && file.endsWith(".draft");
}
