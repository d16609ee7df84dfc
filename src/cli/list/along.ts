/**
 * Members who came to an address that their list has left meanwhile go after it: a command that takes
 * long may have begun when the list still had the old one.
 */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { exit, Failure } from "../../base/errors.ts";
import { isBegun } from "../../lists/moved.ts";
import { actor } from "../actor.ts";
import type { Context } from "../context.ts";

/** Milliseconds that a renaming is waited for: it waits itself for what is at work. */
const PATIENCE = 90_000;

/** @param address that the list had. Throws a Failure (try later) where its renaming does not end. */
export async function bringAlong(
  context: Context,
  address: string,
): Promise<void> {
  const { clock, lists, roster, site } = context;
  const to = lists.movedTo(address);
  if (to === undefined) return;
  const dir = join(site.home, "lists", address);
  for (const start = clock.now(); isBegun(dir); await sleep(100))
    if (clock.now() - start > PATIENCE)
      throw new Failure(
        exit.tryLater,
        `${address} is being renamed; when that has ended (listmill list rename ${address} ${to}), say it again`,
      );
  await roster.rename(address, context.list(address).address, actor("import"));
}
