/**
 * Who a role is: owners or members of a list, the owners of another, or all whom a post to another
 * list would reach. A role that nobody knows throws: it is never taken for nobody.
 */
import { oneLine } from "../../base/log.ts";
import { canonical, domainOf, keyOf, localOf } from "../../mail/address.ts";
import { exists } from "../demand.ts";
import type { List, Lists } from "../directory.ts";
import { namedOwners } from "../offices.ts";
import { rosterOf } from "../roster.ts";

/** What is asked for other lists. */
export interface Others {
  readonly site: { readonly home: string; readonly delimiters: string };
  readonly lists: Pick<Lists, "get">;
  /** All recipients of a list of this home, without those who were asked for already. */
  recipientsOf(list: string): AsyncIterable<string>;
}

/**
 * The people of a role.
 * @param role `owners`, `members`, `LIST@domain` or `LIST-owner@domain`
 * Throws where there is none such.
 */
export async function* peopleOf(
  role: string,
  list: Pick<List, "address">,
  others: Others,
): AsyncGenerator<string> {
  const { home } = others.site;
  if (role === "owners") return yield* await ownersOf(list.address, others);
  if (role === "members")
    for await (const { address } of rosterOf(home).members(list.address, {
      delivery: ["posts"],
      reached: true,
    }))
      yield address;
  if (role === "members") return;
  const address = keyOf(canonical(role) ?? "");
  const named = others.lists.get(address);
  if (named && (await exists(named, others.site)))
    return yield* others.recipientsOf(address);
  const owned = await ownedBy(address, others);
  if (owned === undefined)
    throw new Error(
      `${oneLine(role, 200) || "%include"}: no such list here; there may stand owners, members, LIST@domain and LIST-owner@domain`,
    );
  yield* await ownersOf(owned, others);
}

async function ownersOf(
  address: string,
  { lists, site }: Others,
): Promise<readonly string[]> {
  const list = lists.get(address);
  return list ? namedOwners(site, list) : [];
}

/** The list whose owners have this address; undefined where there is none. */
async function ownedBy(
  address: string,
  { lists, site }: Others,
): Promise<string | undefined> {
  const local = localOf(address);
  for (const delimiter of site.delimiters) {
    if (!local.endsWith(`${delimiter}owner`)) continue;
    const name = local.slice(0, -`${delimiter}owner`.length);
    const list = lists.get(`${name}@${domainOf(address)}`);
    if (list && (await exists(list, site))) return list.address;
  }
  return undefined;
}
