/**
 * The folder of a list under another address. The old folder stays, with a list.toml that says where the
 * list has moved. Each step is done once however often it is asked for:
 *
 *   begin    .renaming names the new address, and only one can; the settings get the name moving.toml
 *            beside list.toml, and list.toml leads to the new address, where there is no list yet:
 *            mail for both waits from here on
 *   carry    what lies in the folder goes over, last moving.toml, as the new list.toml: the list is
 *            there again
 *
 *   end      .renaming goes: all is done and told
 *
 * What is not of the folder (members, archive) is moved between the first two.
 */
import { randomUUID } from "node:crypto";
import {
  linkSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
} from "node:fs";
import { join } from "node:path";
import { exit, Failure } from "../base/errors.ts";
import { isFolder } from "../base/files.ts";
import { parseTable, readText, tomlValue } from "../base/settings.ts";
import { makeFolder, replace, syncPath, writeNew } from "../spool/durable.ts";
import { claimName, isKept, move, moveFile } from "../spool/nfs.ts";
import { listFolder } from "../spool/spool.ts";
import { MOVING, movedIn } from "./moved.ts";

const SETTINGS = "list.toml";

/** Names the new address while a list is renamed. */
export const RENAMING = ".renaming";

/**
 * Several may begin at once: the first one's address counts.
 * @param root the folder of lists; addresses in lower case
 * Throws a Failure where another address was given to the list already.
 */
export async function begin(
  root: string,
  from: string,
  to: string,
): Promise<void> {
  const dir = join(root, from);
  const isFirst = await intend(dir, from, to);
  const draft = join(dir, `.${randomUUID()}.draft`);
  linkSync(join(dir, SETTINGS), draft);
  // Another one may have come further: then these are no settings any more.
  if (leadsAway(draft)) {
    unlinkSync(draft);
    if (!isFirst) return;
    rmSync(join(dir, RENAMING), { force: true });
    throw new Failure(
      exit.tryLater,
      `${from} has got another address just now; see: listmill list`,
    );
  }
  moveFile(draft, join(dir, MOVING));
  // Over another name of the same file nothing is renamed.
  rmSync(draft, { force: true });
  await syncPath(dir);
  await replace(
    join(dir, SETTINGS),
    `# This list has another address now; mail for this one goes there (listmill list rename).\nmoved = ${tomlValue(to)}\n`,
  );
}

/** Notes the new address, or throws where it is another one. @returns whether it was not noted yet */
async function intend(dir: string, from: string, to: string): Promise<boolean> {
  const file = join(dir, RENAMING);
  const draft = join(dir, `.${randomUUID()}.draft`);
  await writeNew(draft, `${to}\n`);
  const isFirst = claimName(draft, file);
  unlinkSync(draft);
  await syncPath(dir);
  const other = isFirst ? to : readFileSync(file, "utf8").trim();
  if (other !== to)
    throw new Failure(
      exit.tryLater,
      `${from} is being renamed to ${other}; say that again: listmill list rename ${from} ${other}, or delete ${file} if nobody is at it`,
    );
  return isFirst;
}

function leadsAway(file: string): boolean {
  const text = () => readText(file) ?? "";
  const read = () => {
    const { moved } = parseTable(text(), file);
    return typeof moved === "string" ? moved : undefined;
  };
  return movedIn(text, read) !== undefined;
}

export async function carry(
  root: string,
  from: string,
  to: string,
): Promise<void> {
  const [old, dir] = [join(root, from), join(root, to)];
  await makeFolder(dir);
  // That of a time when it had this address.
  rmSync(join(dir, RENAMING), { force: true });
  const staying = [SETTINGS, MOVING, RENAMING];
  for (const name of readdirSync(old))
    if (!staying.includes(name) && !isKept(name))
      move(join(old, name), join(dir, name));
  await syncPath(dir);
  moveFile(join(old, MOVING), join(dir, SETTINGS));
  // One of another name of the same file, which nothing is renamed over.
  rmSync(join(old, MOVING), { force: true });
  await syncPath(dir);
  await syncPath(old);
}

export async function end(root: string, from: string): Promise<void> {
  rmSync(join(root, from, RENAMING), { force: true });
  await syncPath(join(root, from));
}

/** Whether there is anything left to do; where there is, it may only have to be told. */
export function isEnded(root: string, from: string): boolean {
  const there = listFolder(join(root, from));
  return !there.includes(MOVING) && !there.includes(RENAMING);
}

/** Throws a Failure where a list cannot come to lie. @param back whether it may be where one has moved from */
export function mustBeFree(dir: string, back: boolean): void {
  const there = listFolder(dir).filter(
    (name) => !isKept(name) && !(back && [SETTINGS, RENAMING].includes(name)),
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
