/**
 * The folder of a list under another address. The old folder stays, with a list.toml that says where the
 * list has moved. Each step is done once however often it is asked for:
 *
 *   begin    the settings get the name moving.toml beside list.toml, and list.toml leads to the new
 *            address, where there is no list yet: mail for both waits from here on
 *   carry    what lies in the folder goes over, last moving.toml, as the new list.toml: the list is
 *            there again
 *
 * What is not of the folder (members, archive) is moved between the two.
 */
import { linkSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { exit, Failure } from "../base/errors.ts";
import { tomlValue } from "../base/settings.ts";
import { makeFolder, replace, syncPath } from "../spool/durable.ts";
import { isKept, move, moveFile } from "../spool/nfs.ts";
import { listFolder } from "../spool/spool.ts";

/** The settings while they are between two addresses. */
const MOVING = "moving.toml";
const SETTINGS = "list.toml";

/** @param root the folder of lists; addresses in lower case */
export async function begin(
  root: string,
  from: string,
  to: string,
): Promise<void> {
  const dir = join(root, from);
  // One that is there was left by a try that did not come further.
  rmSync(join(dir, MOVING), { force: true });
  linkSync(join(dir, SETTINGS), join(dir, MOVING));
  await syncPath(dir);
  await replace(
    join(dir, SETTINGS),
    `# This list has another address now; mail for this one goes there (listmill list rename).\nmoved = ${tomlValue(to)}\n`,
  );
}

/** Whether what `begin` began has not come to its end. */
export function isBegun(root: string, from: string): boolean {
  return listFolder(join(root, from)).includes(MOVING);
}

export async function carry(
  root: string,
  from: string,
  to: string,
): Promise<void> {
  const [old, dir] = [join(root, from), join(root, to)];
  await makeFolder(dir);
  for (const name of readdirSync(old))
    if (name !== SETTINGS && name !== MOVING && !isKept(name))
      move(join(old, name), join(dir, name));
  await syncPath(dir);
  moveFile(join(old, MOVING), join(dir, SETTINGS));
  await syncPath(dir);
  await syncPath(old);
}

/** Throws a Failure where a list cannot come to lie. @param back whether it may be where one has moved from */
export function mustBeFree(dir: string, back: boolean): void {
  const there = listFolder(dir).filter(
    (name) => !isKept(name) && !(back && name === SETTINGS),
  );
  if (there.length > 0)
    throw new Failure(
      exit.cannotCreate,
      `${dir} is there, with ${there.slice(0, 3).join(", ")} in it; take it away first`,
    );
}

/** Gives a list's archive to another address, once. */
export async function carryArchive(
  root: string,
  from: string,
  to: string,
): Promise<void> {
  if (!isFolder(join(root, from))) return;
  move(join(root, from), join(root, to));
  await syncPath(root);
}

/** Throws a Failure where both addresses have an archive: nobody could tell their posts apart. */
export function mustBeOneArchive(root: string, from: string, to: string): void {
  if (isFolder(join(root, from)) && isFolder(join(root, to)))
    throw new Failure(
      exit.cannotCreate,
      `${join(root, to)} is there, the archive of another list; take it away first`,
    );
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
