/**
 * From one entry to those that follow from it, exactly once.
 *
 *   out.tmp.NODE/   children being written: thrown away after a crash, the hooks run again
 *   out/       committed by one rename, all synced: the hooks never run again
 *   then       each child is published by one rename, `out/<queue>.<name>` to `<queue>/new/<name>`,
 *              the folders are synced, and the entry is removed, `out/` last but one
 *
 * Removing everything but `out/` first keeps each state in between readable: with `out/` it is
 * committed, an empty folder is a removal cut short.
 */
import {
  mkdirSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  unlinkSync,
} from "node:fs";
import { join } from "node:path";
import { allEnded } from "../base/ended.ts";
import { errnoOf } from "../base/errors.ts";
import { failpoint } from "../base/failpoint.ts";
import type { Piece } from "../base/pieces.ts";
import { type Claim, draftOf, fencedOr, moveOut, mustHold } from "./claim.ts";
import { syncPath, writeNew } from "./durable.ts";
import { type Envelope, formatEnvelope } from "./envelope.ts";
import { childName, formatName, type Name, parseChildName } from "./name.ts";
import { claimName, isKept, makeOwn } from "./nfs.ts";
import { listFolder, type Spool } from "./spool.ts";

/** How the name of an entry ends that is done with, in `tmp/`. */
export const GRAVE = ".done";
/** The same, of one that a person dropped. */
export const DROPPED = ".dropped";

/** An entry to be. */
export interface Child {
  readonly queue: string;
  readonly name: Name;
  readonly envelope: Envelope;
  /** A complete, synced file of the spool, which is linked; or content to write. */
  readonly message: string | readonly Piece[];
  /** The distribution list, where it has one. */
  readonly recipients?: readonly string[];
  /** Lines of a progress file that go on with it. */
  readonly progress?: readonly string[];
  /** Complete, synced files of the spool that are linked, by the name that they get. */
  readonly links?: Readonly<Record<string, string>>;
}

/** Writes and syncs a child's folder at `path`. */
export async function writeEntry(path: string, child: Child): Promise<void> {
  makeOwn(path);
  const writes = [
    writeNew(join(path, "envelope.json"), formatEnvelope(child.envelope)),
    place(child.message, join(path, "message")),
  ];
  for (const [name, file] of Object.entries(child.links ?? {}))
    writes.push(place(file, join(path, name)));
  for (const file of ["recipients", "progress"] as const) {
    const lines = child[file];
    if (lines && lines.length > 0)
      writes.push(
        writeNew(join(path, file), lines.map((line) => `${line}\n`).join("")),
      );
  }
  await allEnded(writes);
  await syncPath(path);
}

async function place(content: Child["message"], path: string): Promise<void> {
  if (typeof content !== "string") return writeNew(path, content);
  try {
    if (!claimName(content, path)) throw new Error(`${path}: there already`);
  } catch (error) {
    // A file that has run out of links (65,000 on ext4) goes on as a copy.
    if (errnoOf(error) !== "EMLINK") throw error;
    const { size } = statSync(content);
    await writeNew(path, [{ path: content, start: 0, end: size }]);
  }
}

/** The children of one entry, before the commit. */
export class Outbox {
  readonly #claim: Claim;
  readonly #draft: string;
  #open = false;

  constructor(claim: Claim) {
    this.#claim = claim;
    this.#draft = draftOf(claim);
  }

  /**
   * Writes a child; several may be under way at once. Throws Fenced, or the file system's error
   * (a full disk, say).
   */
  add(child: Child): Promise<void> {
    const added = this.#add(child);
    // Whoever adds several awaits them later: until then a failure must not end the process.
    added.catch(() => {});
    return added;
  }

  async #add(child: Child): Promise<void> {
    try {
      this.#begin();
      await writeEntry(
        join(this.#draft, childName(child.queue, child.name)),
        child,
      );
    } catch (error) {
      throw fencedOr(error, this.#claim);
    }
    failpoint("child-written");
  }

  /** Whether no child was added. */
  get isEmpty(): boolean {
    return !this.#open;
  }

  /**
   * The one rename after which the hooks never run again.
   * @param mayGoOn asked right before it; throws where not
   */
  async commit(mayGoOn: () => void = () => {}): Promise<void> {
    try {
      this.#begin();
      await syncPath(this.#draft);
    } catch (error) {
      throw fencedOr(error, this.#claim);
    }
    failpoint("before-commit");
    mayGoOn();
    try {
      renameSync(this.#draft, join(this.#claim.path, "out"));
    } catch (error) {
      if (!listFolder(this.#claim.path).includes("out"))
        throw fencedOr(error, this.#claim);
    }
    await syncPath(this.#claim.path);
    failpoint("committed");
  }

  #begin(): void {
    if (this.#open) return;
    try {
      mkdirSync(this.#draft);
    } catch (error) {
      if (errnoOf(error) !== "EEXIST") throw error;
      rmSync(this.#draft, { recursive: true, force: true });
      mkdirSync(this.#draft);
    }
    this.#open = true;
  }
}

/** Children written at once: their syncs share the disk's journal. */
const PARALLEL = 8;

/**
 * Others take the place of a claimed entry by the one rename; without any, it ends. Throws what
 * writing them throws, and Fenced: then none is there.
 * @param holder whether the claim is still its own
 * @returns the queues that got something
 */
export async function supersede(
  spool: Spool,
  holder: { holds(): boolean },
  claim: Claim,
  children: Iterable<Child> | AsyncIterable<Child>,
): Promise<string[]> {
  const outbox = new Outbox(claim);
  let batch: Promise<void>[] = [];
  for await (const child of children) {
    batch.push(outbox.add(child));
    if (batch.length < PARALLEL) continue;
    await allEnded(batch);
    batch = [];
  }
  await allEnded(batch);
  mustHold(holder, claim);
  if (outbox.isEmpty) {
    finish(spool, claim);
    return [];
  }
  await outbox.commit(() => mustHold(holder, claim));
  return publish(spool, claim);
}

/**
 * Publishes what is still in `out/` and removes the entry. Safe to do again.
 * @returns the queues that got something
 */
export async function publish(spool: Spool, claim: Claim): Promise<string[]> {
  const out = join(claim.path, "out");
  const queues = new Set<string>();
  let strange: string | undefined;
  for (const file of listFolder(out)) {
    const child = parseChildName(file);
    if (!child) {
      strange ??= join(out, file);
      continue;
    }
    const { queue, name } = child;
    spool.make(queue);
    const to = join(spool.waiting(queue), formatName(name));
    moveOut(claim, to, join(out, file));
    queues.add(queue);
    failpoint("child-published");
  }
  await Promise.all([...queues].map((queue) => syncPath(spool.waiting(queue))));
  failpoint("published");
  for (const queue of queues) spool.ring(queue);
  if (strange !== undefined)
    throw new Error(`${strange}: not the name of a child`);
  remove(spool, claim);
  return [...queues];
}

/**
 * Ends an entry from which nothing follows: out of the queue by one rename, then removed, by a sweep
 * where that is cut short. Where the rename is lost in a power failure, the hooks run again. Throws
 * Fenced.
 */
export function finish(spool: Spool, claim: Claim): void {
  const grave = bury(spool, claim);
  failpoint("finished");
  try {
    clear(grave);
  } catch (error) {
    // It has ended; a sweep does the rest.
    if (errnoOf(error) === undefined) throw error;
  }
}

/**
 * Removes an entry whose children are all published. On NFS a file that somebody has open keeps its
 * folder for a while, as `.nfs…`: then it is taken out of the way, and a sweep removes it.
 */
export function remove(spool: Spool, claim: Claim): void {
  try {
    clear(claim);
  } catch (error) {
    const code = errnoOf(error) ?? "";
    if (!["ENOTEMPTY", "EEXIST", "EBUSY"].includes(code)) throw error;
    bury(spool, claim);
  }
}

/** Takes an entry out of its queue by one rename. Throws Fenced. */
function bury(spool: Spool, claim: Claim): Claim {
  const name = `${formatName(claim.name)}${GRAVE}`;
  const path = join(spool.writing(claim.queue), name);
  moveOut(claim, path);
  return { ...claim, path };
}

function clear(claim: Claim): void {
  for (const file of listFolder(claim.path))
    if (file !== "out" && !isKept(file)) discard(join(claim.path, file));
  failpoint("half-removed");
  for (const folder of [join(claim.path, "out"), claim.path])
    try {
      rmdirSync(folder);
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
    }
  failpoint("removed");
}

/** Most are files: to unlink one costs a tenth of what `rmSync` does. */
function discard(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return;
    rmSync(path, { recursive: true, force: true });
  }
}
