/**
 * What was decided first for an id stays decided. A ticket is `<folder>/<id>/<label>`: made ready
 * under another name and put in place by one rename, which has one winner over all hosts; whoever
 * comes later for the same id, also after a crash, is given the first one's label and file.
 */
import { randomBytes } from "node:crypto";
import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, exit, Failure } from "../base/errors.ts";
import { makeFolder, syncPath } from "../spool/durable.ts";
import { move } from "../spool/nfs.ts";

export interface Ticket {
  readonly label: string;
  /** What the first one put there. */
  readonly path: string;
}

/**
 * The ticket of an id, on disk when this returns.
 * @param folder all tickets of one purpose; made where missing
 * @param id `[a-z0-9-]`, the same in every try of the same work
 * @param label a file name; counts only if this id has no ticket yet
 * @param fill puts something (a link, a folder) at the path that it is given
 */
export async function ticket(
  folder: string,
  id: string,
  label: string,
  fill: (path: string) => void,
): Promise<Ticket> {
  if (!/^[a-z0-9-]+$/.test(id)) throw new Error(`not an id: ${id}`);
  await makeFolder(folder);
  const draft = draftPath(folder, id);
  const place = join(folder, id);
  mkdirSync(draft, 0o750);
  try {
    fill(join(draft, label));
    move(draft, place);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!["ENOTEMPTY", "EEXIST"].includes(errnoOf(error) ?? "")) throw error;
    readdirSync(folder); // cures a name that this host has seen absent
  }
  const [first] = readdirSync(place);
  if (first === undefined)
    throw new Failure(
      exit.tryLater,
      `${place} is empty: it was swept while it was asked for; try again`,
    );
  await Promise.all([syncPath(place), syncPath(folder)]);
  return { label: first, path: join(place, first) };
}

/** Whether an id has a ticket. Lists the folder: on NFS a name seen absent stays so for a while. */
export function hasTicket(folder: string, id: string): boolean {
  try {
    return readdirSync(folder).includes(id);
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return false;
    throw error;
  }
}

/** A name for something unfinished beside the tickets; what a crash leaves there is swept with them. */
export function draftPath(folder: string, id: string): string {
  return join(folder, `.${id}.${randomBytes(6).toString("hex")}`);
}

/** Removes the ticket of an id that will not be asked for again. */
export function dropTicket(folder: string, id: string): void {
  rmSync(join(folder, id), { recursive: true, force: true });
}

/**
 * Removes tickets and drafts that are older than `age` milliseconds by the file server's clock:
 * from then on their ids are new ones.
 */
export function sweepTickets(folder: string, age: number): void {
  const draft = draftPath(folder, "clock");
  mkdirSync(draft, { recursive: true });
  const limit = statSync(draft).mtimeMs - age;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const made = statSync(path, { throwIfNoEntry: false });
    // A draft may have been given an older time already.
    const since = name.startsWith(".") ? made?.ctimeMs : made?.mtimeMs;
    if (path === draft || (since !== undefined && since < limit))
      rmSync(path, { recursive: true, force: true });
  }
}
