/**
 * Who is responsible for a list: those whom its settings name, and those whom the roster does.
 */
import { keyOf } from "../mail/address.ts";
import type { List } from "./directory.ts";
import { rosterOf } from "./roster.ts";
import type { Site } from "./settings.ts";

type Home = Pick<Site, "home" | "postmaster" | "hostname">;

/** Who is responsible where nobody else is. */
export function postmasterOf(
  site: Pick<Site, "postmaster" | "hostname">,
  domain = site.hostname,
): string {
  return site.postmaster ?? `postmaster@${domain}`;
}

/** The owners, who may be none. */
export async function namedOwners(
  { home }: Pick<Site, "home">,
  { address, settings }: Pick<List, "address" | "settings">,
): Promise<string[]> {
  const roster = await rosterOf(home).withRole(address, "owner");
  return eachOnce([...settings.owners, ...roster]);
}

/** The owners, or where there are none the postmaster of the site. */
export async function ownersOf(site: Home, list: List): Promise<string[]> {
  const owners = await namedOwners(site, list);
  if (owners.length > 0) return owners;
  return [postmasterOf(site, list.domain)];
}

/** The moderators, or where there are none the owners. */
export async function moderatorsOf(site: Home, list: List): Promise<string[]> {
  const roster = await rosterOf(site.home).withRole(list.address, "moderator");
  const moderators = eachOnce([...list.settings.moderators, ...roster]);
  return moderators.length > 0 ? moderators : ownersOf(site, list);
}

function eachOnce(addresses: readonly string[]): string[] {
  return [...new Map(addresses.map((one) => [keyOf(one), one])).values()];
}
