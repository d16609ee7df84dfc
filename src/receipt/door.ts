/**
 * Which door of a list an address is: `LIST@`, `LIST-request@`, `LIST-owner@`, `LIST-bounces+…@`,
 * `LIST-subscribe@` and the like, with any of the site's delimiters. Pure but for the look at
 * which lists there are, and the question whether there is one on demand.
 */
import { exists } from "../lists/demand.ts";
import type { List, Lists } from "../lists/directory.ts";
import type { Site } from "../lists/settings.ts";
import { domainOf, localOf } from "../mail/address.ts";

/** A list's address with what followed the list's name. */
export interface Addressed {
  readonly list: List;
  /** `request` in LIST-request@; "" for the list itself; lower case. */
  readonly extension: string;
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
    "request subscribe unsubscribe join leave confirm help faq get thread index set who " +
    "approve reject"
  ).split(" "),
);

/** Streams that the default mill has; from outside nobody can mail into them. */
const streams = new Set(["archive", "digest", "events"]);

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
  if (word === "bounces") return { kind: "queue", queue: "bounces" };
  if (extension === "owner") return { kind: "queue", queue: "owner" };
  if (ours && !commands.has(word)) return { kind: "queue", queue: word };
  if (commands.has(word)) return { kind: "queue", queue: "commands" };
  return streams.has(word) ? { kind: "closed" } : { kind: "unknown" };
}

/**
 * The list whose name and an extension of it the address is, or that is one of the address: two
 * such lists would get each other's mail (`news@` and `news-archive@`).
 * @param names addresses of lists, in lower case
 */
export function shadow(
  names: readonly string[],
  delimiters: string,
  address: string,
): string | undefined {
  return names.find((name) => {
    const [long, short] =
      name.length > address.length ? [name, address] : [address, name];
    if (domainOf(long) !== domainOf(short)) return false;
    const prefix = localOf(short);
    const local = localOf(long);
    if (
      !local.startsWith(prefix) ||
      !delimiters.includes(local.charAt(prefix.length) || " ")
    )
      return false;
    const extension = local.slice(prefix.length + 1);
    return (
      extension !== "" &&
      doorOf(extension, delimiters, false).kind !== "unknown"
    );
  });
}

function firstWord(extension: string, delimiters: string): string {
  let end = 0;
  while (end < extension.length && !delimiters.includes(extension.charAt(end)))
    end += 1;
  return extension.slice(0, end);
}
