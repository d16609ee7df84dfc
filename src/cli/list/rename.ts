/**
 * listmill list rename: a list gets another address. Mail for the old one goes to the new one; what waits
 * goes on. While it is done mail for the list waits; cut short, it is said again and goes on. The order:
 * the old address leads to the new one, where nothing is yet; entries that runners have at work come to
 * their end; members, archive, folder.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { forgetIndex } from "../../archive/catalogue.ts";
import { host } from "../../base/environment.ts";
import { exit, Failure } from "../../base/errors.ts";
import { failpoint } from "../../base/failpoint.ts";
import { listNameOf } from "../../lists/founding.ts";
import { isBegun } from "../../lists/moved.ts";
import {
  begin,
  carry,
  carryArchive,
  end,
  isEnded,
  mustBeFree,
  mustBeOneArchive,
  RENAMING,
} from "../../lists/renaming.ts";
import { keyOf } from "../../mail/address.ts";
import { hostOf, nodeNames } from "../../spool/nodes.ts";
import { actor } from "../actor.ts";
import type { Context } from "../context.ts";
import { atWork } from "./entries.ts";
import { mustNotBeLeft, mustNotShadow } from "./shadowed.ts";
import { tell } from "./tell.ts";

export async function rename(
  context: Context,
  typedOld: string,
  typedNew: string,
): Promise<void> {
  const { lists, site } = context;
  const root = join(site.home, "lists");
  const archive = join(site.home, "archive");
  const from = keyOf(typedOld);
  const to = listNameOf(typedNew);
  // Before anything is moved: the state may not be there.
  await context.roster.count(from);
  const moved = lists.movedTo(from);
  if (moved === undefined) {
    await mayBegin(context, from, to, root);
    mustBeOneArchive(archive, from, to);
    await begin(root, from, to);
    lists.forget(from);
  } else if (moved !== to)
    throw new Failure(
      exit.usage,
      `${from} has moved to ${moved} already; name that to rename it`,
    );
  else if (isEnded(root, from)) {
    context.say(`${from} has moved to ${context.list(to).address} already`);
    return;
  }
  if (isBegun(join(root, from))) await goOn(context, from, to);
  const list = context.list(to);
  const mark = join(root, from, RENAMING);
  await tell(context, list.address, "list.renamed", { from }, mark);
  await end(root, from);
  context.say(`${from} is ${to} now; mail for ${from} goes there`);
}

/** Moves all that there is of a list. */
async function goOn(context: Context, from: string, to: string): Promise<void> {
  const { lists, site } = context;
  const root = join(site.home, "lists");
  failpoint("rename-begun");
  await quiet(context, from, to);
  await moveState(context, from, to);
  failpoint("rename-state");
  await carryArchive(join(site.home, "archive"), from, to);
  forgetIndex(site.home, from);
  failpoint("rename-archive");
  await carry(root, from, to);
  lists.forget(from);
  lists.forget(to);
  failpoint("rename-carried");
}

/** Throws a Failure where a list cannot get that address. */
async function mayBegin(
  context: Context,
  from: string,
  to: string,
  root: string,
): Promise<void> {
  const { lists } = context;
  const list = context.list(from);
  if (list.onDemand)
    throw new Failure(
      exit.usage,
      `${from}: there is no folder lists/${from}: it is made on demand, and its address is its source's to change`,
    );
  if (lists.has(to))
    throw new Failure(exit.cannotCreate, `${to}: this list exists already`);
  // Back to an address that it had: what leads there is no list.
  const hasMoved = lists.movedTo(to) !== undefined;
  const isBack = hasMoved && lists.made(to)?.address === from;
  if (hasMoved && !isBack)
    throw new Failure(
      exit.cannotCreate,
      `${to} leads to another list; take that away first: listmill list remove ${to}`,
    );
  mustBeFree(join(root, to), isBack);
  mustNotShadow(context, to);
  await mustNotBeLeft(context, to);
}

/** Members, suppressed addresses and whatever else the state keeps of a list. */
async function moveState(
  { roster }: Context,
  from: string,
  to: string,
): Promise<void> {
  await roster.rename(from, to, actor());
}

/** Milliseconds for which another host may not see on NFS that a file was replaced. */
const SEEN = 5000;
/** Milliseconds that entries at work are waited for. */
const PATIENCE = 60_000;

/** Waits until no runner has an entry of the list at work whose recipients it may be about to ask for. */
async function quiet(
  { clock, spool }: Context,
  from: string,
  to: string,
): Promise<void> {
  const start = clock.now();
  const others = nodeNames(spool).some((node) => hostOf(node) !== host());
  const least = others ? SEEN : 0;
  for (;;) {
    const busy = atWork(spool, from);
    const waited = clock.now() - start;
    if (busy === undefined && waited >= least) return;
    if (busy !== undefined && waited > PATIENCE)
      throw new Failure(
        exit.tryLater,
        `${busy.queue}/${busy.name.id} of ${from} is at work still, and mail for it waits; say it again: listmill list rename ${from} ${to}`,
      );
    await sleep(50);
  }
}
