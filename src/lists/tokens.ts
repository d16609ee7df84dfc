/**
 * The addresses under which an answer comes back, `LIST-confirm+TOKEN@host`, and what such an answer
 * says. A token holds the address that it is for; where the local part has no room for that, a
 * shorter one goes by the sender of the answer, and the whole one stands in the subject.
 */
import { keyOf } from "../mail/address.ts";
import { addressWith, roomFor } from "../mail/returnpath.ts";
import {
  makeToken,
  readToken,
  type Said,
  type TokenReading,
} from "../mail/token.ts";
import type { Envelope } from "../spool/envelope.ts";
import type { Stamping } from "./stamps.ts";

export type { Said } from "../mail/token.ts";

/** How somebody answers. */
export interface Return {
  /** Where the answer goes. */
  readonly address: string;
  /** The whole token: for a link, and for the subject where `inSubject` says so. */
  readonly token: string;
  /** The same without the address: for those whom the reader of the answer knows. */
  readonly short: string;
  /** The address does not tell all. */
  readonly inSubject: boolean;
  /** The address tells nothing: the subject has to. */
  readonly isPlain: boolean;
}

/**
 * @param word what the address says: `confirm`, `approve`
 * @param now milliseconds since 1970
 * Throws a Failure: no key, a key that cannot be used.
 */
export function returnOf(
  { site, list, keyring }: Stamping,
  word: string,
  said: Said,
  now: number,
): Return {
  const { local, domain } = list;
  const door = { local, domain, delimiters: site.delimiters, word };
  const room = roomFor(door);
  const key = keyring.signing();
  const token = makeToken(said, true, list.address, key, now);
  const bound = { ...said, address: keyOf(said.address) };
  const short = makeToken(bound, false, list.address, key, now);
  const fits = [token, short].find(({ length }) => length <= room);
  return {
    address: addressWith(door, fits),
    token,
    short,
    inSubject: fits !== token,
    isPlain: fits === undefined,
  };
}

/**
 * What an answer says.
 * @param candidates whom it may be for where the token does not say so
 */
export function answerIn(
  { list, keyring, named = list.address }: Answered,
  token: string,
  candidates: readonly string[],
): TokenReading {
  const keys = new Map(candidates.map((one) => [keyOf(one), one]));
  const readAs = (address: string) =>
    readToken(token, address, keyring.numbered, [...keys.keys()]);
  const [now, before] = [list.address, named].map(readAs);
  const read = now?.kind !== "ok" && before?.kind === "ok" ? before : now;
  if (read?.kind !== "ok") return read ?? { kind: "malformed" };
  return { ...read, address: keys.get(read.address) ?? read.address };
}

/** What an answer is read with. */
export interface Answered extends Pick<Stamping, "keyring"> {
  readonly list: Pick<Stamping["list"], "address">;
  /** The address of the list that the mail went to: a former one of a list that has moved. */
  readonly named?: string;
}

/** The list's address in the one that a mail went to; the directory has found the list by that. */
export function namedIn({
  recipient,
  extension = "",
}: Pick<Envelope, "recipient" | "extension">): string {
  const at = recipient.lastIndexOf("@");
  const end = extension === "" ? at : at - extension.length - 1;
  return keyOf(recipient.slice(0, Math.max(end, 0)) + recipient.slice(at));
}
