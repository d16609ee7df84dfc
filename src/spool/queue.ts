/**
 * What waits in a queue: one readdir, no file opened.
 */
import { type Dirent, readdirSync } from "node:fs";
import { formatName, type Name, parseName } from "./name.ts";
import type { Spool } from "./spool.ts";

/** Something that can be taken: an entry, or in `incoming` a file that an MTA delivered. */
export type Waiting =
  | { readonly kind: "entry"; readonly name: Name }
  | {
      readonly kind: "maildir";
      readonly file: string;
      readonly name?: undefined;
    };

export interface Scan {
  /** What is due, oldest first, at most as many as asked for. */
  readonly due: Waiting[];
  /** True where more was due than asked for. */
  readonly more: boolean;
  /** The second at which the next entry becomes due; undefined where none waits. */
  readonly next: number | undefined;
}

/** The queue that is a Maildir too. */
export const frontDoor = "incoming";

/**
 * @param now seconds since 1970
 * @param most how many due entries to return
 */
export function scan(
  spool: Spool,
  queue: string,
  now: number,
  most: number,
): Scan {
  let next: number | undefined;
  const due: { sort: string; waiting: Waiting }[] = [];
  const see = (file: string, isFile: boolean) => {
    const name = isFile ? undefined : parseName(file);
    if (name && name.due > now) next = Math.min(next ?? name.due, name.due);
    else if (name) due.push({ sort: file, waiting: { kind: "entry", name } });
    else if (isFile && !file.startsWith("."))
      due.push({ sort: file, waiting: { kind: "maildir", file } });
  };
  if (queue === frontDoor)
    for (const found of readdirSync(spool.waiting(queue), {
      withFileTypes: true,
    }) as Dirent[])
      see(found.name, found.isFile());
  else for (const file of readdirSync(spool.waiting(queue))) see(file, false);
  due.sort((a, b) => (a.sort < b.sort ? -1 : 1));
  const found = someOfEachLane(due.map(({ waiting }) => waiting));
  return {
    due: found.slice(0, most),
    more: found.length > most || found.length < due.length,
    next,
  };
}

/** Entries of one lane that are looked at together. */
const LANE = 64;

/** The oldest of each lane: thousands of one post must not hide another list's. */
function someOfEachLane(due: readonly Waiting[]): Waiting[] {
  const counts = new Map<string, number>();
  return due.filter(({ name }) => {
    if (!name?.lane) return true;
    const key = `${name.lane.list}-${name.lane.post}`;
    const count = (counts.get(key) ?? 0) + 1;
    counts.set(key, count);
    return count <= LANE;
  });
}

/** How a waiting thing is called in log lines. */
export function nameOf(waiting: Waiting): string {
  return waiting.kind === "entry" ? formatName(waiting.name) : waiting.file;
}
