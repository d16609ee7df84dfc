/**
 * Taking an entry and giving it back: each by one rename, so each happens once, whatever dies when.
 * While it is claimed the entry lies in `cur/<node>/`, and only this node touches it. If another
 * node took it over, every rename of ours fails and Fenced is thrown: drop everything.
 */
import { lstatSync, mkdirSync, rmdirSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { Clock } from "../base/clock.ts";
import { errnoOf } from "../base/errors.ts";
import { failpoint } from "../base/failpoint.ts";
import { replace, syncPath } from "./durable.ts";
import { type Envelope, formatEnvelope } from "./envelope.ts";
import { formatName, freshName, type Name } from "./name.ts";
import { claimName, isKept, makeOwn, move } from "./nfs.ts";
import type { Waiting } from "./queue.ts";
import { listFolder, type RestingQueue, type Spool } from "./spool.ts";

/** This node's claim is gone: another node has the entry now. */
export class Fenced extends Error {
  constructor(path: string) {
    super(`${path}: taken over by another node`);
    this.name = "Fenced";
  }
}

/** An entry that this node holds. */
export interface Claim {
  readonly queue: string;
  readonly name: Name;
  /** The entry's folder, below `cur/<node>/`. */
  readonly path: string;
}

/** Takes a waiting entry or Maildir file; undefined where somebody else was faster. */
export function take(
  spool: Spool,
  queue: string,
  waiting: Waiting,
  node: string,
  clock: Clock,
): Claim | undefined {
  spool.makeClaimed(queue, node);
  return waiting.kind === "entry"
    ? takeEntry(spool, queue, waiting.name, node)
    : takeFile(spool, queue, waiting.file, node, clock);
}

function takeEntry(
  spool: Spool,
  queue: string,
  name: Name,
  node: string,
): Claim | undefined {
  const file = formatName(name);
  const path = join(spool.claimed(queue, node), file);
  if (!move(join(spool.waiting(queue), file), path)) return undefined;
  failpoint("claimed");
  return { queue, name, path };
}

/** A Maildir file is renamed into a folder made ready: from then on it is an entry. */
function takeFile(
  spool: Spool,
  queue: string,
  file: string,
  node: string,
  clock: Clock,
): Claim | undefined {
  const name = freshName(clock.now());
  const path = join(spool.claimed(queue, node), formatName(name));
  makeOwn(path);
  failpoint("maildir-made");
  if (!move(join(spool.waiting(queue), file), join(path, "message"))) {
    rmdirSync(path);
    return undefined;
  }
  failpoint("maildir-claimed");
  return { queue, name, path };
}

/** What a claimed entry's folder shows of its life so far. */
export type State =
  /** Nothing in it: its removal was cut short, or a Maildir claim. */
  | "empty"
  /** `out/` is there: the hooks have had their say, only publishing is left. */
  | "committed"
  /** A message is there, and the hooks may run. */
  | "whole"
  /** Something else. */
  | "strange";

/** How folders of results that are being written begin. */
const DRAFT = "out.tmp";

/**
 * Where a node writes the results of its hooks. Each has a folder of its own: over NFS a node whose
 * entry was taken over may still reach into it for a while, by what its client remembers of the path.
 */
export function draftOf({ path }: Claim): string {
  return join(path, `${DRAFT}.${basename(dirname(path))}`);
}

/** Looks at a claimed entry and throws away results that were never committed. */
export function inspect(claim: Claim): State {
  const found = listFolder(claim.path).filter((name) => !isKept(name));
  if (found.length === 0) return "empty";
  if (found.includes("out")) return "committed";
  for (const name of found)
    if (isDraft(name))
      rmSync(join(claim.path, name), { recursive: true, force: true });
  return found.includes("message") ? "whole" : "strange";
}

/** Whether a file or folder of an entry is one that is thrown away after a crash. */
export function isDraft(name: string): boolean {
  if (name === "work" || name.endsWith(".draft")) return true;
  return name === DRAFT || name.startsWith(`${DRAFT}.`);
}

/**
 * The folder of a claimed entry for what its hooks leave behind, made where it is missing. Throws
 * Fenced where the claim is gone: made with its parents, it would come back as an empty entry.
 */
export function workOf(claim: Claim): string {
  const path = join(claim.path, "work");
  if (made.has(claim)) return path;
  try {
    mkdirSync(path);
  } catch (error) {
    if (errnoOf(error) !== "EEXIST") throw fencedOr(error, claim);
  }
  made.add(claim);
  return path;
}

/** Claims whose folder for hooks is there. */
const made = new WeakSet<Claim>();

/**
 * Puts the entry back, to be taken again from `due` (seconds) on; counts an attempt.
 * @param envelope the new envelope; without it nothing is noted, only renamed
 */
export async function giveBack(
  spool: Spool,
  claim: Claim,
  due: number,
  envelope?: Envelope,
): Promise<void> {
  if (envelope) await note(claim, envelope);
  const name = { ...claim.name, due, attempt: claim.name.attempt + 1 };
  moveOut(claim, join(spool.waiting(claim.queue), formatName(name)));
}

/** Puts the entry back, to be taken again from `due` (seconds) on: nothing was tried. */
export function putBack(spool: Spool, claim: Claim, due: number): void {
  const name = { ...claim.name, due };
  moveOut(claim, join(spool.waiting(claim.queue), formatName(name)));
}

/**
 * Moves the entry on to another queue as it is, by one rename. Where that is lost in a power
 * failure, the hooks run again. Throws Fenced.
 */
export function passOn(
  spool: Spool,
  claim: Claim,
  queue: string,
  name: Name,
): void {
  spool.make(queue);
  moveOn(claim, join(spool.waiting(queue), formatName(name)));
  spool.ring(queue);
}

/** The same, but it stays claimed: the node goes on with it at once. */
export function carryOn(
  spool: Spool,
  claim: Claim,
  queue: string,
  name: Name,
  node: string,
): Claim {
  spool.make(queue);
  spool.makeClaimed(queue, node);
  const path = join(spool.claimed(queue, node), formatName(name));
  moveOn(claim, path);
  return { queue, name, path };
}

/** Without what hooks left. */
function moveOn(claim: Claim, to: string): void {
  if (made.delete(claim))
    rmSync(join(claim.path, "work"), { recursive: true, force: true });
  moveOut(claim, to);
  failpoint("passed-on");
}

/** Lays the entry to rest until a person decides. */
export async function lay(
  spool: Spool,
  claim: Claim,
  where: RestingQueue,
  envelope: Envelope,
): Promise<void> {
  await note(claim, envelope);
  failpoint("lay-noted");
  spool.make(where);
  moveOut(claim, join(spool.waiting(where), formatName(claim.name)));
  await syncPath(spool.waiting(where));
  spool.ring(where);
}

/**
 * Keeps an envelope that cannot be read, as `envelope.broken`, before another takes its place; beside
 * one that was kept before, as `envelope.broken.1` and so on.
 */
export function keepEnvelope({ path }: Pick<Claim, "path">): void {
  const file = join(path, "envelope.json");
  const place = join(path, "envelope.broken");
  for (let more = 0; ; more += 1)
    if (claimName(file, more === 0 ? place : `${place}.${more}`)) return;
}

/** Replaces the envelope of a claimed entry. */
export async function note(claim: Claim, envelope: Envelope): Promise<void> {
  try {
    await replace(join(claim.path, "envelope.json"), formatEnvelope(envelope));
  } catch (error) {
    throw fencedOr(error, claim);
  }
}

/** Moves a claimed entry, or a folder `from` of it, out of the claim by one rename. Throws Fenced. */
export function moveOut(claim: Claim, to: string, from = claim.path): void {
  let moved: boolean;
  try {
    moved = move(from, to);
  } catch (error) {
    throw fencedOr(error, claim);
  }
  if (!moved) throw new Fenced(claim.path);
}

/** Throws Fenced where a lease may be lost: asked before each step that others see. */
export function mustHold(
  holder: { holds(): boolean },
  { path }: Pick<Claim, "path">,
): void {
  if (!holder.holds()) throw new Fenced(path);
}

/** ENOENT on a path below the claim means that the claim is gone, if it is. */
export function fencedOr(error: unknown, claim: Claim): unknown {
  const code = errnoOf(error);
  if (code !== "ENOENT" && code !== "ESTALE") return error;
  try {
    lstatSync(claim.path);
    return error;
  } catch {
    return new Fenced(claim.path);
  }
}
