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
import type { Stamping } from "./stamps.ts";

export type { Said } from "../mail/token.ts";

/** How somebody answers. */
export interface Return {
  /** Where the answer goes. */
  readonly address: string;
  /** The whole token: for a link, and for the subject where `inSubject` says so. */
  readonly token: string;
  /** The address does not tell all. */
  readonly inSubject: boolean;
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
    inSubject: fits !== token,
  };
}

/**
 * What an answer says.
 * @param candidates whom it may be for where the token does not say so
 */
export function answerIn(
  { list, keyring }: Pick<Stamping, "list" | "keyring">,
  token: string,
  candidates: readonly string[],
): TokenReading {
  const keys = new Map(candidates.map((one) => [keyOf(one), one]));
  const read = readToken(token, list.address, keyring.numbered, [
    ...keys.keys(),
  ]);
  if (read.kind !== "ok") return read;
  return { ...read, address: keys.get(read.address) ?? read.address };
}
