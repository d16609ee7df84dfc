/**
 * Return paths as MediaWiki's extension BounceHandler writes them:
 *
 *     PREFIX-WIKI-USER-TIME-SIGNATURE@domain
 *
 *     WIKI        its name, with "." for each "-"
 *     USER, TIME  the user's number, and seconds since 1970, in base 36
 *     SIGNATURE   of HMAC over "PREFIX-WIKI-USER-TIME" the first 12 bytes in base64: 16 characters
 *
 * MTAs may change the case of a local part. The numbers do not mind; the names of wikis are told from
 * what is known of them, and one that is not known has lost its capitals for good. Of a signature
 * the case is not looked at: 80 of its 96 bits are left, and nobody can try that many. Pure.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { domainOf, localOf } from "./address.ts";

/** The hashes that the extension may have been told to use, its $wgVERPalgorithm. */
export const algorithms = ["sha256", "sha1", "md5"] as const;

/** What both sides know. */
export interface Agreed {
  /** Without "-". */
  readonly prefix: string;
  readonly algorithm: (typeof algorithms)[number];
  readonly secret: string;
}

/** What a return path says. */
export interface Told {
  readonly wiki: string;
  readonly user: number;
  /** When it was made, milliseconds since 1970, a whole second. */
  readonly time: number;
}

export type Reading =
  | ({ readonly kind: "ok" } & Told)
  /** It has the form, but was not signed with this secret. */
  | { readonly kind: "forged" }
  /** It is something else. */
  | { readonly kind: "malformed" };

/** Bytes of the HMAC that are kept. */
const SIGNATURE = 12;

const FORM = /^([^-]+)-([^-]+)-([0-9a-z]+)-([0-9a-z]+)-([0-9a-z+/]{16})$/i;

/** Whether an address looks like one of a prefix: whether there is any use in reading it. */
export function looksLikeReturnPath(address: string, prefix: string): boolean {
  return (
    domainOf(address) !== "" &&
    folded(FORM.exec(localOf(address))?.[1] ?? "") === folded(prefix)
  );
}

/** @param wikis the names that are known; any other is read with "-" for each "." */
export function readReturnPath(
  address: string,
  agreed: Agreed,
  wikis: Iterable<string> = [],
): Reading {
  if (!looksLikeReturnPath(address, agreed.prefix))
    return { kind: "malformed" };
  const [, , written = "", user36 = "", time36 = "", signature = ""] =
    FORM.exec(localOf(address)) ?? [];
  const user = Number.parseInt(user36, 36);
  const time = Number.parseInt(time36, 36) * 1000;
  if (!Number.isSafeInteger(user) || !Number.isSafeInteger(time))
    return { kind: "malformed" };
  const numbers = `${user36}-${time36}`.toLowerCase();
  for (const wiki of [...wikis, written.replaceAll(".", "-")]) {
    const isMeant = folded(dotted(wiki)) === folded(written);
    if (isMeant && isSigned(agreed, `${dotted(wiki)}-${numbers}`, signature))
      return { kind: "ok", wiki, user, time };
  }
  return { kind: "forged" };
}

/** The return path as the extension would write it. @param domain of the address */
export function returnPathOf(
  agreed: Agreed,
  { wiki, user, time }: Told,
  domain: string,
): string {
  const seconds = Math.floor(time / 1000).toString(36);
  const rest = `${dotted(wiki)}-${user.toString(36)}-${seconds}`;
  const signature = signatureOf(agreed, rest);
  return `${agreed.prefix}-${rest}-${signature}@${domain}`;
}

function isSigned(agreed: Agreed, rest: string, signature: string): boolean {
  const wanted = Buffer.from(folded(signatureOf(agreed, rest)));
  return timingSafeEqual(wanted, Buffer.from(folded(signature)));
}

/** @param rest what is signed, behind the prefix */
function signatureOf(
  { prefix, algorithm, secret }: Agreed,
  rest: string,
): string {
  const whole = createHmac(algorithm, secret)
    .update(`${prefix}-${rest}`)
    .digest();
  return whole.subarray(0, SIGNATURE).toString("base64");
}

function dotted(wiki: string): string {
  return wiki.replaceAll("-", ".");
}

function folded(text: string): string {
  return text.toLowerCase();
}
