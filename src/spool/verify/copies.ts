/**
 * Finding again what is in the spool twice. Ids are looked for in shares, so that memory is flat even
 * where all of a spool is there twice.
 */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { Spell } from "../../base/breath.ts";
import { errnoOf } from "../../base/errors.ts";
import { readEnvelope } from "../envelope.ts";
import { parseChildName, parseName } from "../name.ts";
import type { Found } from "../operator.ts";
import { progressOf } from "../progress.ts";
import { isResting, listFolder, type Spool } from "../spool.ts";
import type { Copy } from "./doubles.ts";
import { type Ids, shareOf } from "./ids.ts";
import { openNamesIn } from "./stream.ts";

/** Ids whose places are in memory at once. */
const SHARE = 20_000;

export interface Place extends Found {
  /** The entry in whose `out/` it is. */
  readonly parent?: Found;
}

/** The entries of a queue as they lie, name by name. */
export function* entriesIn(spool: Spool, queue: string): Generator<Found> {
  const nodes = [...openNamesIn(spool.claimed(queue))].map(({ name }) => name);
  for (const node of [undefined, ...nodes]) {
    const folder =
      node === undefined ? spool.waiting(queue) : spool.claimed(queue, node);
    for (const found of openNamesIn(folder)) {
      const name = found.isDirectory() ? parseName(found.name) : undefined;
      if (name) yield { queue, name, path: join(folder, found.name), node };
    }
  }
}

/** Entries, and the children that they have committed; not those of entries that rest. */
function* placesIn(spool: Spool, queue: string): Generator<Place> {
  for (const found of entriesIn(spool, queue)) {
    yield found;
    if (isResting(queue)) continue;
    const out = join(found.path, "out");
    for (const { name: file } of openNamesIn(out)) {
      const child = parseChildName(file);
      const { node } = found;
      if (child) yield { ...child, path: join(out, file), node, parent: found };
    }
  }
}

/**
 * The places of each id that is in several, share by share.
 * @param twice ids that were met twice
 * @param queues in which they were
 * @param defer told of children whose entry is there twice itself, which are left out: where that is
 *   laid aside, they go with it
 */
export async function* groupsOf(
  spool: Spool,
  queues: readonly string[],
  twice: Ids,
  defer?: () => void,
): AsyncGenerator<Place[]> {
  const spell = new Spell();
  const shares = Math.ceil(twice.size / SHARE);
  for (let share = 0; share < shares; share += 1) {
    const groups = new Map<string, Place[]>();
    for (const queue of queues)
      for (const place of placesIn(spool, queue)) {
        if (spell.isOver) await spell.breath();
        const { id } = place.name;
        if (!twice.has(id) || shareOf(id, shares) !== share) continue;
        const group = groups.get(id);
        if (group) group.push(place);
        else groups.set(id, [place]);
      }
    for (const group of groups.values()) {
      const there = present(group).filter(({ parent }) => {
        const waits =
          defer !== undefined &&
          parent !== undefined &&
          twice.has(parent.name.id) &&
          !isOwn(group, parent);
        if (waits) defer();
        return !waits;
      });
      if (there.length > 1) yield there;
    }
  }
}

/** Whether the parent of one is in the group: an entry that follows from itself. */
function isOwn(group: readonly Place[], { name }: Found): boolean {
  return group[0]?.name.id === name.id;
}

/** Those that are there at one moment: what a runner moves was met twice, and is one folder. */
function present(group: readonly Place[]): Place[] {
  const seen = new Set<string>();
  return group.filter(({ path }) => {
    const stat = lstatSync(path, { throwIfNoEntry: false, bigint: true });
    const identity = stat && `${stat.dev}.${stat.ino}`;
    if (identity === undefined || seen.has(identity)) return false;
    seen.add(identity);
    return true;
  });
}

/**
 * What is known of it; undefined where it is gone or cannot be read.
 * @param at its place as people are told
 * @param isAtWork on a living node
 */
export function copyOf(
  place: Place,
  at: string,
  isAtWork: boolean,
): Copy | undefined {
  const { queue, name, path, parent } = place;
  try {
    const files = listFolder(path);
    if (files.length === 0) return undefined;
    const read = readEnvelope(path);
    return {
      queue,
      name,
      path,
      at,
      isAtWork,
      parent: parent?.path,
      children: files.includes("out")
        ? listFolder(join(path, "out"))
        : undefined,
      envelope: read.kind === "envelope" ? read.envelope : undefined,
      notes: progressOf(path),
      message: sizeOf(path, "message"),
      list: sizeOf(path, "recipients"),
    };
  } catch (error) {
    if (errnoOf(error) === undefined) throw error;
    return undefined;
  }
}

function sizeOf(path: string, file: string): number {
  return lstatSync(join(path, file), { throwIfNoEntry: false })?.size ?? -1;
}
