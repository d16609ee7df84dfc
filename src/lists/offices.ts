/**
 * Who is responsible for a list: those whom its settings name, and those whom the roster does.
 */
import { keyOf } from "../mail/address.ts";
import type { List } from "./directory.ts";
import { rosterOf } from "./roster.ts";
import type { Site } from "./settings.ts";

/** The owners, or where there are none the postmaster of the site. */
export async function ownersOf(
  site: Pick<Site, "home" | "postmaster" | "hostname">,
  list: List,
): Promise<string[]> {
  const roster = await rosterOf(site.home).withRole(list.address, "owner");
  const owners = eachOnce([...list.settings.owners, ...roster]);
  if (owners.length > 0) return owners;
  return [site.postmaster ?? `postmaster@${list.domain}`];
}

/** The moderators, or where there are none the owners. */
export async function moderatorsOf(
  site: Pick<Site, "home" | "postmaster" | "hostname">,
  list: List,
): Promise<string[]> {
  const roster = await rosterOf(site.home).withRole(list.address, "moderator");
  const moderators = eachOnce([...list.settings.moderators, ...roster]);
  return moderators.length > 0 ? moderators : ownersOf(site, list);
}

function eachOnce(addresses: readonly string[]): string[] {
  return [...new Map(addresses.map((one) => [keyOf(one), one])).values()];
}
