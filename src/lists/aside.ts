/**
 * Lists that are kept aside: `lists/.removed-<address>-<n>`, the whole folder under another name. There
 * and back is one rename each.
 */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, exit, Failure } from "../base/errors.ts";
import { syncPath } from "../spool/durable.ts";
import { move } from "../spool/nfs.ts";
import { isListName } from "./names.ts";

export interface Aside {
  readonly address: string;
  /** Counts from 1; the highest was removed last. */
  readonly number: number;
  /** The folder's name. */
  readonly folder: string;
}

/** All that is kept aside, by address and number. @param root the folder of lists */
export function asides(root: string): Aside[] {
  return readdirSync(root)
    .flatMap((folder): Aside[] => {
      const [, address = "", number] =
        /^\.removed-(.+)-(\d{1,9})$/.exec(folder) ?? [];
      if (!isListName(address)) return [];
      return [{ address, number: Number(number), folder }];
    })
    .sort((a, b) =>
      a.address === b.address
        ? a.number - b.number
        : a.address < b.address
          ? -1
          : 1,
    );
}

/** @returns the folder's new path. Throws a Failure where it is gone. */
export async function setAside(root: string, name: string): Promise<string> {
  const last = asides(root).findLast(({ address }) => address === name);
  const to = join(root, `.removed-${name}-${(last?.number ?? 0) + 1}`);
  // A folder of that name which appeared meanwhile makes the rename fail: nothing is lost.
  if (!move(join(root, name), to))
    throw new Failure(exit.noUser, `${name}: no such list`);
  await syncPath(root);
  return to;
}

/** Throws a Failure where something is in its place, or it is gone. */
export async function bringBack(
  root: string,
  folder: string,
  name: string,
): Promise<void> {
  const to = join(root, name);
  try {
    if (!move(join(root, folder), to))
      throw new Failure(exit.noInput, `${join(root, folder)}: it is gone`);
  } catch (error) {
    if (!["ENOTEMPTY", "EEXIST", "ENOTDIR"].includes(errnoOf(error) ?? ""))
      throw error;
    throw new Failure(
      exit.cannotCreate,
      `${to} is there; take it away first, a list with: listmill list remove ${name}`,
    );
  }
  await syncPath(root);
}
