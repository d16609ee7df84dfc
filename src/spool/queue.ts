/**
 * What waits in a queue: one readdir, no file opened.
 */
import { type Dirent, readdirSync } from "node:fs";
import { formatName, type Name, parseName } from "./name.ts";
import type { Spool } from "./spool.ts";

/** Something that can be taken: an entry, or in `incoming` a file that an MTA delivered. */
export type Waiting =
  | { readonly kind: "entry"; readonly name: Name }
  | { readonly kind: "maildir"; readonly file: string };

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
  return {
    due: due.slice(0, most).map((found) => found.waiting),
    more: due.length > most,
    next,
  };
}

/** How a waiting thing is called in log lines. */
export function nameOf(waiting: Waiting): string {
  return waiting.kind === "entry" ? formatName(waiting.name) : waiting.file;
}
