/**
 * What waits in a queue: one reading of its folder, no file opened. The folder of a queue in which
 * little waits is read at once, any other while all else goes on; memory is flat.
 */
import { lstatSync } from "node:fs";
import { join } from "node:path";
import { Spell } from "../base/breath.ts";
import { Earliest, type Scan, type Waiting } from "./earliest.ts";
import { formatName } from "./name.ts";
import { fewNames, manyNames } from "./names.ts";
import type { Spool } from "./spool.ts";

export type { Scan, Waiting } from "./earliest.ts";

/** The queue that is a Maildir too. */
export const frontDoor = "incoming";

/** Names that are read at once: some milliseconds. */
const FEW = 5000;
/** The same where each of them may be asked after. */
const FEW_ASKED = 500;

export interface Look {
  readonly spool: Spool;
  readonly queue: string;
  /** Seconds since 1970. */
  readonly now: number;
  /** How many due entries to return. */
  readonly most: number;
  /** Which of them; all without it. */
  may?(waiting: Waiting): boolean;
}

/** Reads the folder at once; undefined where it is too large for that. Throws where it cannot be read. */
export function glance(look: Look): Scan | undefined {
  const folder = look.spool.waiting(look.queue);
  const found = fewNames(folder, look.may ? FEW_ASKED : FEW);
  if (!found) return undefined;
  const earliest = new Earliest(look.now, look.most, look.may);
  const isDoor = look.queue === frontDoor;
  for (const each of found)
    earliest.offer(each.name, () => isDoor && each.isFile());
  return earliest.scan;
}

/** Reads the folder, however large. Throws where it cannot be read, or is not to be any more. */
export async function scan(look: Look, signal?: AbortSignal): Promise<Scan> {
  const folder = look.spool.waiting(look.queue);
  const earliest = new Earliest(look.now, look.most, look.may);
  const isDoor = look.queue === frontDoor;
  const spell = new Spell();
  let seen = 0;
  for await (const names of manyNames(folder)) {
    signal?.throwIfAborted();
    for (let from = 0; from < names.length; ) {
      const to = names.indexOf(LF, from);
      if (!earliest.isTooLate(names, from, to)) {
        const name = names.toString("utf8", from, to);
        earliest.offer(name, () => isDoor && isFile(join(folder, name)));
      }
      from = to + 1;
      seen += 1;
      if (seen % LOT === 0 && spell.isOver) await spell.breath();
    }
  }
  // To sort thousands takes a while, and so does what is done with them.
  await spell.breath();
  const found = earliest.scan;
  await spell.breath();
  return found;
}

const LF = 10;
/** Names after which the time is looked at. */
const LOT = 50;

function isFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/** How a waiting thing is called in log lines. */
export function nameOf(waiting: Waiting): string {
  return waiting.kind === "entry" ? formatName(waiting.name) : waiting.file;
}
