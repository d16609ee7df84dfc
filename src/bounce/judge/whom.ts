/**
 * Whom a bounce is about, as a return path says that we have signed ourselves: nobody else can have made
 * it, whatever the rest of the message says. Signature first, age second.
 */

import { bounceHandlerAt } from "../../lists/bouncehandler.ts";
import type { List } from "../../lists/directory.ts";
import { type Keyring, keyringOf } from "../../lists/keyring.ts";
import { readToken, stampOf } from "../../lists/stamps.ts";
import { canonical } from "../../mail/address.ts";
import type { Asked, Occasion } from "./occasion.ts";

/** A list's address with what followed its name. */
export interface Addressed {
  readonly list: List;
  readonly extension: string;
}

export type Finding = (address: string) => Promise<Addressed | undefined>;

/** What a return path of ours says. */
export interface Signed {
  readonly list: List;
  /** Who got the mail that came back. */
  readonly address: string;
  /** When it was sent, to the hour; milliseconds since 1970. */
  readonly time: number;
  /** Whether it was one of the trials, not a post. */
  readonly isProbe: boolean;
}

/**
 * Whom a return path names that Postfix made (XVERP), `bounces+anna=example.org`: anybody can make one
 * up. @param extension what followed the list's name
 */
export function namedIn(extension: string): string | undefined {
  const [, local, domain] = /^bounces.(.+)=([^=]+)$/i.exec(extension) ?? [];
  return local && domain ? canonical(`${local}@${domain}`) : undefined;
}

/** The text of a trial. */
export const TRIAL = "bounce-probe";

/** Whom the Message-ID of a trial names: it has a signature too, for addresses may have no room for one. */
export async function signedByTrial(
  { site, list, now }: Occasion,
  messageId = "",
): Promise<Signed | undefined> {
  const [, token] = /^<bounce-probe\.([a-z2-7]{1,400})@/i.exec(messageId) ?? [];
  if (token === undefined) return undefined;
  const keyring = await keyringOf(site.home, { now: () => now });
  const reading = await readToken({ site, list, keyring }, "probe", token);
  if (reading.kind !== "ok") return undefined;
  const { address, time } = reading;
  return { list, address, time, isProbe: true };
}

/** Most addresses that are looked at. */
const MOST = 60;

/**
 * The first of some addresses that is a return path of ours; or one for leaving, which stands in the
 * header of each copy.
 * @param find the list of an address
 */
export async function signedBy(
  { site, lists, now, log }: Pick<Asked, "site" | "lists" | "now" | "log">,
  addresses: readonly string[],
  find: Finding,
): Promise<Signed | undefined> {
  let keyring: Keyring | undefined;
  for (const address of [...new Set(addresses)].slice(0, MOST)) {
    const moved = await bounceHandlerAt(site, address);
    const theirs = moved && lists.get(moved.list);
    if (moved?.address && theirs) {
      const { address: whom, time } = moved;
      return { list: theirs, address: whom, time, isProbe: false };
    }
    const found = await find(address);
    if (!found?.extension) continue;
    const { list, extension } = found;
    keyring ??= await keyringOf(site.home, { now: () => now });
    const stamp = await stampOf({ site, list, keyring }, extension);
    if (!stamp) continue;
    const { purpose, reading } = stamp;
    if (reading.kind === "ok") {
      const { address: whom, time } = reading;
      return { list, address: whom, time, isProbe: purpose === "probe" };
    }
    log(`${address} is none of ours: ${reading.kind}`);
  }
  return undefined;
}
