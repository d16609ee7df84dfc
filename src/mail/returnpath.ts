/**
 * Addresses of a list with a stamp in them: `LIST-bounces+STAMP@host`, the return path of one
 * recipient, and `LIST-unsubscribe+STAMP@host`. A local part never has more than 64 octets
 * (RFC 5321 §4.5.3.1.1), and no such address more than 254. Pure.
 */

/** A list's address that takes stamps. */
export interface Door {
  readonly local: string;
  readonly domain: string;
  /** What the site's addresses are cut at. */
  readonly delimiters: string;
  /** `bounces`, `probe` or `unsubscribe`. */
  readonly word: string;
}

const LOCAL = 64;
const ADDRESS = 254;

/** `LIST-bounces`: by the site's first delimiter. */
function beginning({ local, delimiters, word }: Door): string {
  return `${local}${delimiters.charAt(0) || "-"}${word}`;
}

/** What stands before the stamp: `+` wherever an MTA may know it. */
function delimiter({ delimiters }: Door): string {
  return delimiters.includes("+") ? "+" : delimiters.charAt(0);
}

/** Most characters of a stamp there; none where addresses are not cut at all. */
export function roomFor(door: Door): number {
  if (door.delimiters === "") return 0;
  const used = Buffer.byteLength(beginning(door)) + 1;
  const domain = 1 + Buffer.byteLength(door.domain);
  return Math.max(0, Math.min(LOCAL, ADDRESS - domain) - used);
}

/** The address with a stamp; without one it is everybody's, `LIST-bounces@host`. */
export function addressWith(door: Door, stamp: string | undefined): string {
  const start = beginning(door);
  return stamp === undefined
    ? `${start}@${door.domain}`
    : `${start}${delimiter(door)}${stamp}@${door.domain}`;
}

/**
 * The stamp in what followed the list's name, whichever delimiter stands before it.
 * @param extension `bounces+STAMP`, in any case
 */
export function stampIn(
  extension: string,
  { delimiters, word }: Pick<Door, "delimiters" | "word">,
): string | undefined {
  const cut = extension.charAt(word.length);
  return extension.slice(0, word.length).toLowerCase() === word &&
    cut !== "" &&
    `${delimiters}+-`.includes(cut) &&
    extension.length > word.length + 1
    ? extension.slice(word.length + 1)
    : undefined;
}
