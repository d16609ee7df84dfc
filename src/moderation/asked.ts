/**
 * Which posts wait for their author, and until when: `archive/LIST/asked/<entry>/<time>`, a ticket, so
 * that doing it again finds the same time. After that they are for moderators to decide about.
 */
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DAY } from "../base/units.ts";
import { sweepTickets, ticket } from "../lists/ticket.ts";
import { listFolder } from "../spool/spool.ts";

function folderOf(home: string, list: string): string {
  return join(home, "archive", list, "asked");
}

/**
 * Notes that the author of an entry is asked.
 * @param until milliseconds since 1970
 * @returns until when he is waited for, as the first try has it
 */
export async function noteAsked(
  home: string,
  list: string,
  entry: string,
  until: number,
): Promise<number> {
  const folder = folderOf(home, list);
  const { label } = await ticket(folder, entry, String(until), (path) =>
    mkdirSync(path),
  );
  return Number(label);
}

/** What is known of a home's lists: each folder is looked at once. */
export class Asked {
  readonly #home: string;
  readonly #entries = new Map<string, ReadonlySet<string>>();

  constructor(home: string) {
    this.#home = home;
  }

  /** Until when the author of an entry is waited for; undefined where he was not asked. */
  until(list: string, entry: string): number | undefined {
    const folder = folderOf(this.#home, list);
    const entries = this.#entries.get(list) ?? new Set(listFolder(folder));
    this.#entries.set(list, entries);
    if (!entries.has(entry)) return undefined;
    const [time] = listFolder(join(folder, entry));
    return time === undefined ? undefined : Number(time);
  }
}

/** Forgets what is long over, once a day. @param age milliseconds  @param now milliseconds since 1970 */
export function sweepAsked(
  home: string,
  list: string,
  age: number,
  about: { readonly now: number; readonly id: string },
): Promise<void> {
  return sweepDaily(folderOf(home, list), age, about);
}

/** Removes the old tickets of a folder for whoever asks for it first on a day. */
export async function sweepDaily(
  folder: string,
  age: number,
  { now, id }: { readonly now: number; readonly id: string },
): Promise<void> {
  const day = Math.floor(now / DAY).toString(36);
  const { label } = await ticket(folder, `swept-${day}`, id, (path) =>
    mkdirSync(path),
  );
  if (label === id) sweepTickets(folder, age);
}
