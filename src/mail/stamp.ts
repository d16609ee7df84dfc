/**
 * Stamps: short signed words that tell who got a message, of which list and when. One stands in
 * `LIST-bounces+STAMP@host`, the envelope sender of one recipient (VERP), or in `LIST-probe+STAMP@host`,
 * that of a trial; another in `LIST-unsubscribe+STAMP@host` and in links. A stamp is in base32:
 *
 *     1 byte    3 bits form (0: an address, 1: a number), 5 bits number of the signing key modulo 32
 *     3 bytes   hours since 2020-01-01T00:00Z
 *     payload   the address in UTF-8, its ending perhaps shortened to a byte below 32; or the
 *               number that a table has for the address, big-endian, no zero in front
 *     10 bytes  of HMAC-SHA-256 over purpose, list, the address where the payload is a number, and
 *               all of the above
 *
 * The address of a number is signed but not in the stamp: a table in which the number stands for
 * somebody else (another host's, one that was lost and made anew) can never name the wrong person.
 * Forms and endings, once released, stay for ever: stamps come back after months. Pure.
 */
import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto";
import { HOUR } from "../base/units.ts";
import { fromBase32, toBase32 } from "./base32.ts";

/** What a stamp is good for; a stamp for one thing is none for another. */
export type Purpose = "bounce" | "probe" | "unsubscribe";

/** What a stamp is bound to. */
export interface Use {
  readonly purpose: Purpose;
  /** The list's address, in lower case. */
  readonly list: string;
}

/** A key that signs. */
export interface Secret {
  readonly number: number;
  readonly secret: KeyObject;
}

const HEAD = 4;
const SIGNATURE = 10;
export const EPOCH = Date.UTC(2020, 0, 1);
const LAST_HOUR = 2 ** 24 - 1;
/** Bytes of the largest number that JavaScript counts with. */
const NUMBER = 6;
const ADDRESS_FORM = 0;
const NUMBER_FORM = 1;

/** Ends of addresses by the byte that stands for them, less one. Add behind, never change. */
const ENDINGS =
  "@gmail.com @yahoo.com @hotmail.com @outlook.com @aol.com @icloud.com @live.com @msn.com @web.de @gmx.de @gmx.net @t-online.de @googlemail.com @mail.ru @yandex.ru @qq.com @163.com @orange.fr @hotmail.co.uk @protonmail.com .com .org .net .edu .de .co.uk .ac.uk .fr".split(
    " ",
  );
/** Most bytes that an ending saves. */
const SAVED = Math.max(...ENDINGS.map(({ length }) => length)) - 1;
const byteOf = new Map(ENDINGS.map((ending, at) => [ending, at + 1]));

/** Characters of the shortest stamp: there is no use in a number where not even this fits. */
export const SHORTEST = lengthFor(1);

/** How many characters a stamp with so many bytes of payload has. */
function lengthFor(payload: number): number {
  return Math.ceil(((HEAD + payload + SIGNATURE) * 8) / 5);
}

/** Makes stamps of one use, with one key and one time. */
export interface Stamper {
  /**
   * The stamp with the address itself in it.
   * @param most characters
   * @returns undefined where it would be longer, or the address is none that can be written so
   */
  forAddress(address: string, most: number): string | undefined;
  /** The stamp with a number in place of the address. @param number from 1, below 2⁴⁸ */
  forNumber(number: number, address: string): string;
}

/** @param now milliseconds since 1970; the hour counts */
export function stamper(use: Use, key: Secret, now: number): Stamper {
  const hour = Math.floor((now - EPOCH) / HOUR);
  const head = (form: number) => {
    const bytes = Buffer.alloc(HEAD);
    bytes[0] = (form << 5) | (key.number & 31);
    bytes.writeUIntBE(Math.min(Math.max(hour, 0), LAST_HOUR), 1, 3);
    return bytes;
  };
  const [ofAddress, ofNumber] = [head(ADDRESS_FORM), head(NUMBER_FORM)];
  const stamp = (signed: Buffer, address: string) =>
    toBase32(Buffer.concat([signed, signature(use, key, signed, address)]));
  return {
    forAddress(address, most) {
      // A character is at least a byte, and an ending saves some of them.
      if (lengthFor(address.length - SAVED) > most) return undefined;
      const payload = shortened(address);
      if (payload === undefined || lengthFor(payload.length) > most)
        return undefined;
      return stamp(Buffer.concat([ofAddress, payload]), "");
    },
    forNumber(number, address) {
      const payload = Buffer.alloc(NUMBER);
      payload.writeUIntBE(number, 0, NUMBER);
      const first = payload.findIndex((byte) => byte !== 0);
      return stamp(Buffer.concat([ofNumber, payload.subarray(first)]), address);
    },
  };
}

/** What a stamp says, or why it says nothing. */
export type Reading =
  | {
      readonly kind: "ok";
      readonly list: string;
      readonly address: string;
      /** The address's number, where that stood in the stamp. */
      readonly number?: number;
      /** When it was made: the beginning of the hour, milliseconds since 1970. */
      readonly time: number;
      /** The number of the key that signed it. */
      readonly key: number;
    }
  /** None of the keys made it, for this list and purpose; or the number is somebody else's here. */
  | { readonly kind: "forged" }
  /** There is no key of this number, modulo 32: it was dropped, or never was. */
  | { readonly kind: "unknownKey"; readonly key: number }
  /** The table here has no such number, so the signature cannot be checked. */
  | { readonly kind: "unknownNumber"; readonly number: number }
  | { readonly kind: "malformed" };

/** What a reader must know. */
export interface Known {
  /** All keys of this number modulo 32. */
  readonly keys: (number: number) => readonly Secret[];
  /** Whose number it is. */
  readonly addressOf: (number: number) => string | undefined;
}

/** The number that stands in a stamp for an address; undefined where there is none. */
export function numberOf(text: string): number | undefined {
  const bytes = text.length < SHORTEST ? undefined : fromBase32(text);
  if (bytes === undefined || (bytes[0] ?? 0) >> 5 !== NUMBER_FORM)
    return undefined;
  return numberIn(bytes.subarray(HEAD, -SIGNATURE));
}

/** Reads a stamp in any case. How old it may be is for others to judge. Never throws by itself. */
export function readStamp(text: string, use: Use, known: Known): Reading {
  const bytes = text.length < SHORTEST ? undefined : fromBase32(text);
  if (bytes === undefined) return { kind: "malformed" };
  const signed = bytes.subarray(0, -SIGNATURE);
  const [first = 0] = bytes;
  const form = first >> 5;
  const payload = signed.subarray(HEAD);
  const number = form === NUMBER_FORM ? numberIn(payload) : undefined;
  if (form > NUMBER_FORM || (form === NUMBER_FORM && number === undefined))
    return { kind: "malformed" };
  const keys = known.keys(first & 31);
  if (keys.length === 0) return { kind: "unknownKey", key: first & 31 };
  const numbered = number === undefined ? "" : known.addressOf(number);
  if (numbered === undefined)
    return { kind: "unknownNumber", number: number ?? 0 };
  const theirs = bytes.subarray(-SIGNATURE);
  const key = keys.find((one) =>
    timingSafeEqual(signature(use, one, signed, numbered), theirs),
  );
  if (key === undefined) return { kind: "forged" };
  const address = number === undefined ? lengthened(payload) : numbered;
  if (address === undefined) return { kind: "malformed" };
  const time = EPOCH + bytes.readUIntBE(1, 3) * HOUR;
  const { list } = use;
  const found = { kind: "ok", list, address, time, key: key.number } as const;
  return number === undefined ? found : { ...found, number };
}

function signature(
  { purpose, list }: Use,
  { secret }: Secret,
  signed: Buffer,
  address: string,
): Buffer {
  return createHmac("sha256", secret)
    .update(`${purpose}\0${list}\0${address}\0`)
    .update(signed)
    .digest()
    .subarray(0, SIGNATURE);
}

function numberIn(payload: Buffer): number | undefined {
  if (payload.length > NUMBER || !payload[0]) return undefined;
  return payload.readUIntBE(0, payload.length);
}

/** The address in bytes; undefined where they could not be told from another's. */
function shortened(address: string): Buffer | undefined {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they stand for endings
  if (/[\0-\x1f]/.test(address) || !address.isWellFormed()) return undefined;
  const dot = address.lastIndexOf(".");
  for (const at of [
    address.lastIndexOf("@"),
    address.lastIndexOf(".", dot - 1),
    dot,
  ]) {
    const byte = at < 0 ? undefined : byteOf.get(address.slice(at));
    if (byte === undefined) continue;
    const bytes = Buffer.from(`${address.slice(0, at)}\0`);
    bytes[bytes.length - 1] = byte;
    return bytes;
  }
  return Buffer.from(address);
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The address that `shortened` made these bytes of. */
function lengthened(payload: Buffer): string | undefined {
  const last = payload.at(-1) ?? 0;
  const ending = last < 32 ? ENDINGS[last - 1] : "";
  if (ending === undefined) return undefined;
  const start = ending === "" ? payload : payload.subarray(0, -1);
  try {
    return utf8.decode(start) + ending;
  } catch {
    return undefined;
  }
}
