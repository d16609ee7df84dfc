/**
 * What stands in the way of a new list's address: another list, or what is left of one that had it.
 */
import { join } from "node:path";
import { exit, Failure } from "../../base/errors.ts";
import { REMOVING, unfinished } from "../../lists/aside.ts";
import { shadow } from "../../receipt/door.ts";
import type { Context } from "../context.ts";

/** Throws a Failure where a new list would get another one's mail. */
export function mustNotShadow({ lists, site }: Context, address: string): void {
  const names = lists.addresses().filter((name) => name !== address);
  const other = shadow(names, site.delimiters, address);
  if (other)
    throw new Failure(
      exit.usage,
      `${address}: it would be mistaken for an address of the list ${other}, or that for one of it`,
    );
}

/** Throws a Failure where the address leads to another list. */
export function mustNotHaveMoved({ lists }: Context, address: string): void {
  const to = lists.movedTo(address);
  if (to !== undefined)
    throw new Failure(
      exit.cannotCreate,
      `${address} has moved to ${to}; end that first: listmill list remove ${address}`,
    );
}

/**
 * Throws a Failure where a new list would get what is left of another one.
 * @param address of no list yet
 * @param has whether a list on demand may have members, as it has before it gets a folder
 */
export async function mustNotBeLeft(
  context: Context,
  address: string,
  has = true,
): Promise<void> {
  const { lists, site } = context;
  const cut = unfinished(join(site.home, "lists"), address);
  if (cut?.mark === REMOVING)
    throw new Failure(
      exit.tryLater,
      `${address}: the removal of the list that had this address was cut short; say it again first: listmill list remove ${address}`,
    );
  if (cut)
    throw new Failure(
      exit.tryLater,
      `${address}: bringing back the list that had this address was cut short; say it again: listmill list restore ${address}, or leave it aside: listmill list remove ${address}`,
    );
  if (has && lists.get(address)?.onDemand) return;
  if (!(await context.roster.isKnown(address))) return;
  throw new Failure(
    exit.cannotCreate,
    `${address}: there are members, roles or suppressed addresses of a list that had this address; keep them aside first: listmill list remove ${address}`,
  );
}
