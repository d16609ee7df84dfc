/**
 * listmill list remove: a list is taken away, and all of it kept. Its folder goes aside first, marked;
 * then what the state has of it is written into the folder, and cleared. Cut short, it is said again and
 * goes on.
 */
import { mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { forgetIndex } from "../../archive/catalogue.ts";
import { exit, Failure } from "../../base/errors.ts";
import { failpoint } from "../../base/failpoint.ts";
import { plural } from "../../base/log.ts";
import { readText } from "../../base/settings.ts";
import {
  emptyAside,
  mark,
  REMOVING,
  RESTORING,
  TABLES,
  unfinished,
  unmark,
} from "../../lists/aside.ts";
import { isBegun } from "../../lists/moved.ts";
import { isListName } from "../../lists/names.ts";
import { calm } from "../../lists/policy/flood.ts";
import { windowsOf } from "../../lists/policy/windows.ts";
import { keyOf } from "../../mail/address.ts";
import { syncPath, writeNew } from "../../spool/durable.ts";
import { listFolder } from "../../spool/spool.ts";
import type { Context } from "../context.ts";
import { waitingFor } from "./entries.ts";
import { tell } from "./tell.ts";

export async function remove(
  context: Context,
  typed: string | undefined,
): Promise<void> {
  const { lists, roster, site } = context;
  const name = keyOf(typed ?? "");
  const to = lists.movedTo(name);
  const root = join(site.home, "lists");
  if (to !== undefined) {
    if (isBegun(join(root, name)))
      throw new Failure(
        exit.tryLater,
        `${name}: its renaming was cut short, or is at work; say it again first: listmill list rename ${name} ${to}`,
      );
    await lists.remove(name);
    context.say(`${name} leads to ${to} no more`);
    return;
  }
  // Before anything is moved: the state may not be there.
  await roster.count(name);
  if (isListName(name) && !lists.has(name)) {
    const cut = unfinished(root, name);
    if (cut?.mark === REMOVING) return keep(context, name, cut.dir);
    if (cut) return leave(context, name, cut.dir);
    if (await roster.isKnown(name))
      return keep(context, name, await emptyAside(root, name));
  }
  const list = context.list(typed);
  if (list.onDemand)
    throw new Failure(
      exit.noUser,
      `${list.address}: it is made on demand, by lists/@${list.domain}/list.toml, and has no folder to take away`,
    );
  // What it had when it was brought back.
  rmSync(join(list.dir, TABLES), { recursive: true, force: true });
  await unmark(list.dir, RESTORING);
  await mark(list.dir, REMOVING);
  const aside = await lists.remove(list.address);
  failpoint("remove-aside");
  await keep(context, list.address, aside);
}

/** Has in a folder that lies aside what the state has of the list, and nothing of it there any more. */
async function keep(
  context: Context,
  address: string,
  aside: string,
): Promise<void> {
  const { lists, roster, site } = context;
  // What came behind it, by one who had not seen yet that the list was gone, is kept with it.
  if (!(await isCleared(context, address, aside)))
    do await writeTables(context, address, aside);
    while (!(await roster.clear(address, lastIn(aside))));
  failpoint("remove-cleared");
  await calm(await windowsOf(site.home), address);
  const removing = join(aside, REMOVING);
  await tell(context, address, "list.removed", { aside }, removing);
  await unmark(aside, REMOVING);
  context.say(`${address}: kept aside in ${aside}`);
  for (const line of left(context, address, lists.moved())) context.say(line);
  if (await roster.isKnown(address))
    await keep(
      context,
      address,
      await emptyAside(join(site.home, "lists"), address),
    );
}

/** Names, beside the tables, the last change that is in them. */
const LAST = "last";

async function writeTables(
  { roster }: Context,
  address: string,
  aside: string,
): Promise<void> {
  const draft = join(aside, `${TABLES}.draft`);
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft);
  const { last = 0 } = (await roster.changes(address)) ?? {};
  for (const [name, lines] of roster.tables(address))
    await writeNew(join(draft, name), linesToBytes(lines));
  await writeNew(join(draft, LAST), `${last}\n`);
  await syncPath(draft);
  rmSync(join(aside, TABLES), { recursive: true, force: true });
  renameSync(draft, join(aside, TABLES));
  await syncPath(aside);
  failpoint("remove-written");
}

function lastIn(aside: string): number {
  return Number(readText(join(aside, TABLES, LAST)) ?? 0);
}

/** Whether the tables have all, and the state has nothing of what is in them. */
async function isCleared(
  { roster }: Context,
  address: string,
  aside: string,
): Promise<boolean> {
  if (!listFolder(aside).includes(TABLES)) return false;
  const changes = await roster.changes(address);
  return changes
    ? changes.first > lastIn(aside)
    : !(await roster.isKnown(address));
}

/** Ends what `list restore` has begun: the folder has all of it still. */
async function leave(
  context: Context,
  address: string,
  aside: string,
): Promise<void> {
  await context.roster.clear(address);
  await unmark(aside, RESTORING);
  context.say(`${address}: not brought back; kept aside in ${aside}`);
}

async function* linesToBytes(lines: AsyncIterable<string>) {
  for await (const line of lines) yield Buffer.from(`${line}\n`);
}

/** What is still there of a list that was taken away, a sentence each. */
function left(
  { site, spool }: Context,
  address: string,
  moved: ReadonlyMap<string, string>,
): string[] {
  const lines: string[] = [];
  forgetIndex(site.home, address);
  const archive = join(site.home, "archive", address);
  if (statSync(archive, { throwIfNoEntry: false }))
    lines.push(
      `  its archive stays in ${archive}: a list that gets this address goes on with it, unless it is moved away`,
    );
  const waiting = waitingFor(spool, address);
  if (waiting > 0)
    lines.push(
      `  ${plural(waiting, "entry of it waits", "entries of it wait")} until there is such a list again; see: listmill queue`,
    );
  for (const [from, to] of moved)
    if (to === address)
      lines.push(
        `  mail for ${from}, which leads to it, waits; end that with: listmill list remove ${from}`,
      );
  return lines;
}
