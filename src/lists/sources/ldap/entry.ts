/**
 * What the values of an entry mean: addresses, the DNs of members, or their names. Pure.
 */
import { exit, Failure } from "../../../base/errors.ts";

export interface Entry {
  /** As the server writes it. */
  readonly dn: string;
  /** By the names that the server gives the attributes, with their options. */
  readonly attributes: readonly (readonly [
    name: string,
    values: readonly string[],
  ])[];
}

/** Attributes whose values are members by DN, and the one whose values are members by name. */
const byName = ["member", "uniquemember"];
const byLogin = "memberuid";

/** The attributes that make an entry a group. */
export const groupAttributes = ["member", "uniqueMember", "memberUid"];

export interface Members {
  readonly dns: readonly string[];
  readonly names: readonly string[];
}

/** The members of a group; none where the entry is no group. */
export function membersIn(entry: Entry): Members {
  const dns: string[] = [];
  const names: string[] = [];
  for (const [name, values] of attributesOf(entry))
    if (byName.includes(name)) dns.push(...values.map(withoutUid));
    else if (name === byLogin) names.push(...values);
  return { dns: dns.filter((dn) => dn !== ""), names };
}

/**
 * What an entry holds besides members. The server may name an attribute otherwise than it was asked
 * for (rfc822Mailbox is mail), so whatever came in answer counts.
 */
export function otherValues(entry: Entry): string[] {
  const found: string[] = [];
  for (const [name, values] of attributesOf(entry))
    if (!byName.includes(name) && name !== byLogin) found.push(...values);
  return found;
}

/** All values of an entry of which one attribute was asked. */
export function allValues(entry: Entry): string[] {
  return attributesOf(entry).flatMap(([, values]) => values);
}

/** Whether the values of an attribute are members of a group, not of people. */
export function isOfGroups(attribute: string): boolean {
  const name = attribute.toLowerCase();
  return byName.includes(name) || name === byLogin;
}

/**
 * The DN that a value is (RFC 4514), without the unique identifier that a uniqueMember may have at its end
 * (RFC 4517, 3.3.21). A single part counts only where DNs are expected: an address may look like it.
 */
export function dnIn(value: string, attribute: string): string | undefined {
  const dn = withoutUid(value);
  const expected = byName.includes(attribute.toLowerCase());
  return (expected
    ? /^[A-Za-z0-9.-]+ *=/
    : /^[A-Za-z0-9.-]+ *=[^,]*,[^=]+=/
  ).test(dn)
    ? dn
    : undefined;
}

function withoutUid(value: string): string {
  return value.replace(/#'[01]*'B$/, "");
}

/** The attributes by their names in small letters and without options; a part of one throws. */
function attributesOf(entry: Entry): [string, readonly string[]][] {
  return entry.attributes.map(([name, values]) => {
    const [type = "", ...options] = name.toLowerCase().split(";");
    if (options.some((option) => option.startsWith("range=")))
      throw new Failure(
        exit.tryLater,
        `[ldap] the server gives ${type} of ${entry.dn} in parts: search for the members instead, with a filter such as (memberOf=${entry.dn}) and attribute = "mail"`,
      );
    return [type, values];
  });
}
