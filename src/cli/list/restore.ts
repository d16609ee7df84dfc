/**
 * listmill list restore: a list that was kept aside comes back. Its members come first, so it is there
 * with all of them, their roles and their history; cut short, it is said again.
 */
import { createReadStream, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { exit, Failure } from "../../base/errors.ts";
import { failpoint } from "../../base/failpoint.ts";
import { isFile } from "../../base/files.ts";
import { linesOf } from "../../base/lines.ts";
import { plural } from "../../base/log.ts";
import {
  type Aside,
  asides,
  bringBack,
  isMarked,
  mark,
  REMOVING,
  RESTORING,
  TABLES,
  unmark,
} from "../../lists/aside.ts";
import { isListName } from "../../lists/names.ts";
import { mustBeFree } from "../../lists/renaming.ts";
import { keyOf } from "../../mail/address.ts";
import { actor } from "../actor.ts";
import type { Context } from "../context.ts";
import { mustNotBeLeft, mustNotShadow } from "./shadowed.ts";
import { tell } from "./tell.ts";

/** What `remove` writes. */
const FILES = [
  "members.csv",
  "roles.csv",
  "suppressed.csv",
  "journal.csv",
] as const;

/** @param typed an address, a folder's name or its path; undefined: say what there is */
export async function restore(
  context: Context,
  typed: string | undefined,
): Promise<void> {
  const { lists, site, roster } = context;
  const root = join(site.home, "lists");
  const kept = asides(root);
  if (typed === undefined) {
    context.table(["list", "folder"], kept.map(shown));
    return;
  }
  const name = keyOf(typed);
  if (isListName(name) && isMarked(join(root, name), RESTORING))
    return finish(context, name);
  const { address, folder } = chosen(kept, typed);
  if (lists.addresses().includes(address))
    throw new Failure(
      exit.cannotCreate,
      `${address}: there is such a list; take it away first: listmill list remove ${address}`,
    );
  mustNotShadow(context, address);
  mustBeFree(join(root, address), false);
  const dir = join(root, folder);
  if (isMarked(dir, REMOVING))
    throw new Failure(
      exit.tryLater,
      `${dir}: its removal was cut short; say it again first: listmill list remove ${address}`,
    );
  if (!isMarked(dir, RESTORING)) {
    await mustNotBeLeft(context, address, false);
    await mark(dir, RESTORING);
  }
  try {
    await fill(context, address, dir);
  } catch (error) {
    // The folder has all of it still. A state that cannot be asked is another matter.
    if (error instanceof Failure && error.exitCode === exit.dataError) {
      await roster.clear(address);
      await unmark(dir, RESTORING);
    }
    throw error;
  }
  failpoint("restore-filled");
  await bringBack(root, folder, address);
  failpoint("restore-back");
  await finish(context, address);
}

/** What is left to do once the folder is in its place. */
async function finish(context: Context, address: string): Promise<void> {
  const { lists, roster, site } = context;
  const dir = join(site.home, "lists", address);
  const tables = tablesOf(dir);
  if (tables === dir)
    for (const file of FILES) rmSync(join(dir, file), { force: true });
  else rmSync(tables, { recursive: true, force: true });
  lists.forget(address);
  const moved = lists.movedTo(address);
  if (moved !== undefined) {
    await unmark(dir, RESTORING);
    context.say(`${address} leads to ${moved} again`);
    return;
  }
  const list = context.list(address);
  const count = await roster.count(address);
  const restoring = join(dir, RESTORING);
  await tell(context, address, "list.restored", { members: count }, restoring);
  await unmark(dir, RESTORING);
  context.say(
    `${address}: back in ${list.dir}, with ${plural(count, "member", "members")}`,
  );
}

function shown({ address, folder }: Aside) {
  return { list: address, folder };
}

function chosen(kept: readonly Aside[], typed: string): Aside {
  const name = basename(typed);
  const found =
    kept.find(({ folder }) => folder === name) ??
    kept.findLast(({ address }) => address === keyOf(typed));
  if (found) return found;
  throw new Failure(
    exit.noInput,
    `nothing is kept aside of ${typed}; what there is tells: listmill list restore`,
  );
}

/** Where the tables of a folder lie: beside its settings in one of before. */
function tablesOf(dir: string): string {
  return isFile(join(dir, TABLES, FILES[0])) ? join(dir, TABLES) : dir;
}

/** Gives the state what the folder has. Throws a Failure (data error) where something of it cannot be taken. */
async function fill(
  { roster }: Context,
  address: string,
  dir: string,
): Promise<void> {
  const [members = "", roles = "", suppressed = "", journal = ""] = FILES.map(
    (name) => join(tablesOf(dir), name),
  );
  if (!isFile(members)) return;
  await membersFrom(roster, address, members);
  if (isFile(roles))
    await roster.restoreRoles(address, linesIn(roles), roles, actor());
  if (isFile(suppressed))
    await roster.restoreSuppressed(address, linesIn(suppressed), suppressed);
  if (isFile(journal))
    await roster.restoreJournal(address, linesIn(journal), journal, actor());
}

/** Throws a Failure where a line could not be taken. */
async function membersFrom(
  roster: Context["roster"],
  address: string,
  file: string,
): Promise<void> {
  let lines = 0;
  async function* counted() {
    for await (const line of linesIn(file)) {
      if (line.trim() !== "") lines += 1;
      yield line;
    }
  }
  const done = await roster.import(address, counted(), actor(), file);
  const [first] = done.refused;
  if (first)
    throw new Failure(
      exit.dataError,
      `${file}:${first.line}: ${first.why}; mend the line or take it out, and say it again`,
    );
  const taken = done.added + done.changed + done.present;
  // One of them is the header.
  if (taken < lines - 1)
    throw new Failure(
      exit.dataError,
      `${file}: ${lines - 1 - taken} of ${lines - 1} lines are remarks, with # before them; quote those that are members, take out the others, and say it again`,
    );
}

function linesIn(file: string): AsyncIterable<string> {
  return linesOf(createReadStream(file));
}
