/**
 * Lists that have moved: the setting `moved` of their list.toml names the address that has their mail
 * now.
 */
import { join } from "node:path";
import { exit, Failure } from "../base/errors.ts";
import { keyOf } from "../mail/address.ts";
import { listFolder } from "../spool/spool.ts";
import type { List } from "./directory.ts";
import { isListName } from "./names.ts";

/** The settings of a list while they are between two addresses (renaming.ts). */
export const MOVING = "moving.toml";

/** Whether a list's renaming has begun and has not come to its end. @param dir the folder of the old address */
export function isBegun(dir: string): boolean {
  return listFolder(dir).includes(MOVING);
}

/**
 * The list that has the mail of one that has moved, maybe more than once.
 * @param get a list with a folder of its own, by its address
 * Throws a Failure that names the file: 78 where the way leads in a circle, 75 where it leads nowhere.
 */
export function destination(
  from: List,
  get: (address: string) => List | undefined,
): List {
  const way = [from.address];
  const passed: List[] = [];
  for (let list = from; ; ) {
    if (list.settings.moved === undefined) return list;
    const to = keyOf(list.settings.moved);
    const file = join(list.dir, "list.toml");
    passed.push(list);
    if (way.includes(to)) {
      // On its way back to an address that it had both lead to each other for a moment.
      const begun = passed.find(({ dir }) => isBegun(dir));
      if (begun)
        throw new Failure(
          exit.tryLater,
          `${join(begun.dir, "list.toml")}: moved leads to where no list is yet; ${cutShort(begun.address, begun.settings.moved)}`,
        );
      throw new Failure(
        exit.config,
        `${file}: moved leads in a circle: ${[...way, to].join(" > ")}; take one of these lists away`,
      );
    }
    way.push(to);
    const next = isListName(to) ? get(to) : undefined;
    // Mail waits: while a list is renamed this holds for a moment.
    if (next === undefined)
      throw new Failure(
        exit.tryLater,
        `${file}: moved names ${to}, which is no list here; ${cutShort(list.address, to)}`,
      );
    list = next;
  }
}

function cutShort(from: string, to = ""): string {
  return `if its renaming was cut short, say again: listmill list rename ${from} ${keyOf(to)}`;
}

/**
 * What a list.toml has as `moved`. Settings are parsed only where it may have it.
 * @param text of the file
 * @param read takes it from the settings; broken ones have not moved
 */
export function movedIn(
  text: () => string,
  read: () => string | undefined,
): string | undefined {
  try {
    return /^\s*["']?moved\b/m.test(text()) ? read() : undefined;
  } catch {
    // Whoever asks for that list is told.
    return undefined;
  }
}
