/**
 * Lists that are kept aside: `lists/.removed-<address>-<n>`, the whole folder under another name. There
 * and back is one rename each; while what the state has of the list follows, a mark in the folder says so.
 */
import { readdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, exit, Failure } from "../base/errors.ts";
import { makeFolder, syncPath, writeNew } from "../spool/durable.ts";
import { move } from "../spool/nfs.ts";
import { listFolder } from "../spool/spool.ts";
import { isListName } from "./names.ts";

/** The folder, in that of a list, of what the state had of it. */
export const TABLES = ".tables";
/** What was begun and is not done. */
export const REMOVING = ".removing";
export const RESTORING = ".restoring";

type Mark = typeof REMOVING | typeof RESTORING;

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

/** What lies aside of a list and was not finished; undefined where there is none. */
export function unfinished(
  root: string,
  name: string,
): { readonly dir: string; readonly mark: Mark } | undefined {
  for (const { address, folder } of asides(root)) {
    if (address !== name) continue;
    const dir = join(root, folder);
    for (const mark of [REMOVING, RESTORING] as const)
      if (isMarked(dir, mark)) return { dir, mark };
  }
  return undefined;
}

export function isMarked(dir: string, mark: Mark): boolean {
  return listFolder(dir).includes(mark);
}

export async function mark(dir: string, mark: Mark): Promise<void> {
  if (isMarked(dir, mark)) return;
  await writeNew(join(dir, mark), "");
  await syncPath(dir);
}

export async function unmark(dir: string, mark: Mark): Promise<void> {
  if (!isMarked(dir, mark)) return;
  unlinkSync(join(dir, mark));
  await syncPath(dir);
}

/** A marked folder for what the state has of a list that has no folder. @returns its path */
export async function emptyAside(root: string, name: string): Promise<string> {
  const dir = join(root, nextFolder(root, name));
  await makeFolder(dir);
  await mark(dir, REMOVING);
  await writeNew(join(dir, "list.toml"), "");
  await syncPath(dir);
  return dir;
}

function nextFolder(root: string, name: string): string {
  const last = asides(root).findLast(({ address }) => address === name);
  return `.removed-${name}-${(last?.number ?? 0) + 1}`;
}

/** @returns the folder's new path. Throws a Failure where it is gone. */
export async function setAside(root: string, name: string): Promise<string> {
  const to = join(root, nextFolder(root, name));
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
