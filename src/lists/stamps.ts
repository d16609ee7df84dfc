/**
 * The stamps (mail/stamp.ts) of a list's recipients: made a batch at a time with the home's keys,
 * and read back. An address stands in its stamp where the local part has room for it; else its
 * number does, out of the state of this home, which is asked once a batch.
 */
import {
  addressWith,
  type Door,
  roomFor,
  stampIn,
} from "../mail/returnpath.ts";
import {
  numberOf,
  type Purpose,
  type Reading,
  readStamp,
  SHORTEST,
  stamper,
} from "../mail/stamp.ts";
import type { List } from "./directory.ts";
import type { Keyring } from "./keyring.ts";
import type { Site } from "./settings.ts";
import { stateOf } from "./state.ts";

/** What stamps are made of and read with. */
export interface Stamping {
  readonly site: Pick<Site, "home" | "delimiters">;
  readonly list: Pick<List, "address" | "local" | "domain">;
  readonly keyring: Keyring;
}

/** The extensions of the list's address that take stamps, and what these are good for. */
const words = {
  bounce: "bounces",
  probe: "probe",
  unsubscribe: "unsubscribe",
} as const;
const purposes = Object.keys(words) as Purpose[];

/** A recipient's stamp, and the address of the list that it stands in. */
export interface Stamped {
  /** Undefined for what is no address. */
  readonly stamp: string | undefined;
  /** `LIST-bounces+STAMP@host`; everybody's `LIST-bounces@host` where it would be too long. */
  readonly address: string;
}

/**
 * Stamps for a batch of recipients, in their order.
 * @param now milliseconds since 1970
 * @param addresses a thousand at a time
 * @param always also where the stamp is too long for an address of the list, as one for a link is not
 * Throws a Failure: no key, a key that cannot be used, no state.
 */
export async function stamped(
  { site, list, keyring }: Stamping,
  purpose: Purpose,
  now: number,
  addresses: readonly string[],
  always = false,
): Promise<Stamped[]> {
  const door = doorOf(site, list, purpose);
  const room = roomFor(door);
  const use = { purpose, list: list.address };
  const stamps = stamper(use, keyring.signing(), now);
  const found = addresses.map((address) => stamps.forAddress(address, room));
  if (always || room >= SHORTEST) {
    const long = addresses.filter(
      (address, at) => found[at] === undefined && isNumbered(address),
    );
    const numbers =
      long.length > 0 ? await (await stateOf(site.home)).numbers.of(long) : [];
    let next = 0;
    for (const [at, address] of addresses.entries())
      if (found[at] === undefined && address === long[next])
        found[at] = stamps.forNumber(numbers[next++] ?? 0, address);
  }
  return found.map((stamp) => {
    const fits = stamp !== undefined && stamp.length <= room;
    return { stamp, address: addressWith(door, fits ? stamp : undefined) };
  });
}

/**
 * What the stamp in an address of the list says.
 * @param extension what followed the list's name: `bounces+STAMP`
 * @returns undefined where there is none in it
 */
export async function stampOf(
  { site, list, keyring }: Stamping,
  extension: string,
): Promise<
  { readonly purpose: Purpose; readonly reading: Reading } | undefined
> {
  for (const purpose of purposes) {
    const text = stampIn(extension, doorOf(site, list, purpose));
    if (text === undefined) continue;
    const reading = await readToken({ site, list, keyring }, purpose, text);
    return { purpose, reading };
  }
  return undefined;
}

/** What a stamp says, whether it came in an address or in a link. */
export async function readToken(
  { site, list, keyring }: Stamping,
  purpose: Purpose,
  text: string,
): Promise<Reading> {
  const use = { purpose, list: list.address };
  const number = numberOf(text);
  const address =
    number === undefined
      ? undefined
      : await (await stateOf(site.home)).numbers.addressOf(number);
  return readStamp(text, use, {
    keys: keyring.numbered,
    addressOf: () => address,
  });
}

function doorOf(
  { delimiters }: Stamping["site"],
  { local, domain }: Stamping["list"],
  purpose: Purpose,
): Door {
  return { local, domain, delimiters, word: words[purpose] };
}

/** Whether a table can hold it as it is. */
function isNumbered(address: string): boolean {
  return address.isWellFormed() && !address.includes("\0");
}
