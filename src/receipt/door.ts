/**
 * Which door of a list an address is: `LIST@`, `LIST-request@`, `LIST-owner@`, `LIST-bounces+…@`,
 * `LIST-subscribe@` and the like, with any of the site's delimiters. Pure but for the look at
 * which lists there are, and the question whether there is one on demand.
 */
import { exit, Failure } from "../base/errors.ts";
import { bounceHandlerList } from "../lists/bouncehandler.ts";
import { exists } from "../lists/demand.ts";
import type { List, Lists } from "../lists/directory.ts";
import type { Site } from "../lists/settings.ts";
import { canonical, domainOf, localOf } from "../mail/address.ts";

/** A list's address with what followed the list's name. */
export interface Addressed {
  readonly list: List;
  /** `request` in LIST-request@; "" for the list itself; lower case. */
  readonly extension: string;
}

/** Someone a message is for. */
export interface Destination extends Addressed {
  /** Canonical. */
  readonly recipient: string;
}

/**
 * Finds the list of an address, without those on demand: the longest list's name that it begins with.
 * @param delimiters characters that may stand between the name and the extension
 * Throws Failure where the list's settings are broken.
 */
export function addressed(
  lists: Lists,
  delimiters: string,
  recipient: string,
): Addressed | undefined {
  for (const { name, extension } of readings(delimiters, recipient)) {
    const list = lists.made(name);
    if (list) return { list, extension };
  }
  return undefined;
}

/**
 * Finds the list of an address, those on demand too. A list that was made has its own doors first;
 * then the longest name is asked for that leaves a known door.
 * Throws Failure where the settings are broken, and 75 where it cannot be told whether there is one.
 */
export async function found(
  lists: Lists,
  site: Pick<Site, "home" | "delimiters">,
  recipient: string,
): Promise<Addressed | undefined> {
  const { delimiters } = site;
  const isDoor = (extension: string) =>
    doorOf(extension, delimiters, false).kind !== "unknown";
  const made = addressed(lists, delimiters, recipient);
  if (made && isDoor(made.extension)) return made;
  if (!lists.domain(domainOf(recipient))) return made;
  for (const { name, extension } of readings(delimiters, recipient)) {
    const list = isDoor(extension) ? lists.get(name) : undefined;
    if (list && (await exists(list, site))) return { list, extension };
  }
  return made;
}

/**
 * The same of mail from outside, which may come back to a return path of MediaWiki's BounceHandler too: then
 * it is for the bounces of the list that the settings name.
 */
export async function reached(
  lists: Lists,
  site: Site,
  recipient: string,
): Promise<Addressed | undefined> {
  const name = bounceHandlerList(site, recipient);
  const at = await found(lists, site, name ?? recipient);
  if (name === undefined) return at;
  return at?.extension === "" ? { ...at, extension: "bounces" } : undefined;
}

/**
 * The door that an address is to those outside.
 * Throws Failure: 67 there is no such list, 77 it takes no mail from outside; 75 and others where
 * that cannot be told.
 */
export async function doorFor(
  { lists, site }: { readonly lists: Lists; readonly site: Site },
  text: string,
): Promise<Destination> {
  const recipient = canonical(text);
  const at = recipient ? await reached(lists, site, recipient) : undefined;
  const door = at && doorOf(at.extension, site.delimiters, false);
  if (!recipient || !at || door?.kind === "unknown")
    throw new Failure(exit.noUser, `<${text}>: no such list here`);
  if (door?.kind === "closed")
    throw new Failure(
      exit.noPermission,
      `<${text}>: this address takes no mail from outside`,
    );
  return { ...at, recipient };
}

/** All ways to read an address as a list's name and an extension, the longest name first. */
function* readings(delimiters: string, recipient: string) {
  const local = localOf(recipient).toLowerCase();
  const domain = domainOf(recipient);
  if (!local || !domain) return;
  yield { name: `${local}@${domain}`, extension: "" };
  for (let at = local.length - 2; at > 0; at -= 1)
    if (delimiters.includes(local.charAt(at)))
      yield {
        name: `${local.slice(0, at)}@${domain}`,
        extension: local.slice(at + 1),
      };
}

export type Door =
  | { readonly kind: "queue"; readonly queue: string }
  /** Takes mail of the mill itself only. */
  | { readonly kind: "closed" }
  | { readonly kind: "unknown" };

const commands = new Set(
  (
    "request subscribe unsubscribe join leave confirm help info faq get thread index set who " +
    "approve reject discard free"
  ).split(" "),
);

/** The words behind a list's name that are an address for people outside; some have more behind them. */
export const outside: readonly string[] = [
  "bounces",
  "probe",
  "owner",
  ...commands,
];

/** Streams that the default mill has; from outside nobody can mail into them. */
const streams = new Set(["archive", "digest", "events", "moderators"]);

/**
 * @param extension as `addressed` finds it
 * @param ours true for a message of the mill itself
 */
export function doorOf(
  extension: string,
  delimiters: string,
  ours: boolean,
): Door {
  const word = firstWord(extension, delimiters);
  if (extension === "") return { kind: "queue", queue: "posts" };
  if (word === "bounces" || word === "probe")
    return { kind: "queue", queue: "bounces" };
  if (extension === "owner") return { kind: "queue", queue: "owner" };
  if (ours && !commands.has(word)) return { kind: "queue", queue: word };
  // An issue that went out; the stream itself takes nothing from outside.
  if (commands.has(word) || /^digest.[0-9]+$/.test(extension))
    return { kind: "queue", queue: "commands" };
  return streams.has(word) ? { kind: "closed" } : { kind: "unknown" };
}

/**
 * The list that an address is an extension of: `news@` for `news-archive@`, so that of two such lists
 * one gets the other's mail.
 * @param names addresses of lists, in lower case
 * @param address in lower case
 */
export function extendedBy(
  names: ReadonlySet<string>,
  delimiters: string,
  address: string,
): string | undefined {
  for (const { name, extension } of readings(delimiters, address))
    if (
      extension !== "" &&
      names.has(name) &&
      doorOf(extension, delimiters, false).kind !== "unknown"
    )
      return name;
  return undefined;
}

/** The list that an address is an extension of, or one that is an extension of the address. */
export function shadow(
  names: readonly string[],
  delimiters: string,
  address: string,
): string | undefined {
  const one = new Set([address]);
  return (
    extendedBy(new Set(names), delimiters, address) ??
    names.find((name) => extendedBy(one, delimiters, name) !== undefined)
  );
}

function firstWord(extension: string, delimiters: string): string {
  let end = 0;
  while (end < extension.length && !delimiters.includes(extension.charAt(end)))
    end += 1;
  return extension.slice(0, end);
}
