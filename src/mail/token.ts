/**
 * Tokens: what a person is asked to send back, so that nothing need be stored before the answer. One
 * says what is to happen and for whom, when it was made, and that this home made it. In base32:
 *
 *     1 byte    3 bits form (2 or 3), 5 bits number of the signing key modulo 32
 *     3 bytes   hours since 2020-01-01T00:00Z
 *     1 byte    a letter: what is to happen
 *     payload   UTF-8: what more there is to it, a NUL, and the address; or without both where that
 *               would be too long. In form 3, where what more there is to it is twelve figures to the
 *               base of 36, as the end of an entry's id: 8 bytes for these, and the address or not
 *     10 bytes  of HMAC-SHA-256 over the list, the address, and all of the above
 *
 * The address is signed also where it is not inside: then the reader has to name whom it may be for,
 * such as the sender of the answer, and only the right one fits. Letters, once released, stay for
 * ever. Pure.
 */
import { createHmac, timingSafeEqual } from "node:crypto";
import { HOUR } from "../base/units.ts";
import { fromBase32, toBase32 } from "./base32.ts";
import { EPOCH, type Secret } from "./stamp.ts";

/** What is to happen. */
export const actions = {
  subscribe: "s",
  unsubscribe: "u",
  set: "k",
  /** A post in somebody's name is his. */
  post: "p",
  /** A moderator's decision. */
  moderate: "m",
} as const;

export type Action = keyof typeof actions;

/** What a token says. */
export interface Said {
  readonly action: Action;
  /** What more there is to it, such as the delivery that is wanted; without NUL. */
  readonly more: string;
  /** For whom. */
  readonly address: string;
}

const TEXT = 2;
const FIGURES = 3;
/** The figures of form 3, and the bytes that hold them. */
const figures = /^[0-9a-z]{12}$/;
const BASE = 36n;
const WIDE = 8;
const HEAD = 5;
const SIGNATURE = 10;
const LAST_HOUR = 2 ** 24 - 1;
/** Characters of the longest that is read. */
const LONGEST = 800;

/**
 * @param inside whether the address stands in it
 * @param list the list's address, in lower case
 * @param now milliseconds since 1970; the hour counts
 */
export function makeToken(
  { action, more, address }: Said,
  inside: boolean,
  list: string,
  key: Secret,
  now: number,
): string {
  const head = Buffer.alloc(HEAD);
  // Nobody could tell an empty address from none.
  const isShort = figures.test(more) && !(inside && address === "");
  const form = isShort ? FIGURES : TEXT;
  head[0] = (form << 5) | (key.number & 31);
  const hour = Math.floor((now - EPOCH) / HOUR);
  head.writeUIntBE(Math.min(Math.max(hour, 0), LAST_HOUR), 1, 3);
  head.write(actions[action], 4, "latin1");
  const payload = isShort
    ? [packed(more), Buffer.from(inside ? address : "")]
    : [Buffer.from(inside ? `${more}\0${address}` : more)];
  const signed = Buffer.concat([head, ...payload]);
  return toBase32(
    Buffer.concat([signed, signature(key, list, address, signed)]),
  );
}

/** What a token says, or why it says nothing. */
export type TokenReading =
  | ({
      readonly kind: "ok";
      /** When it was made: the beginning of the hour, milliseconds since 1970. */
      readonly time: number;
    } & Said)
  /** No key made it for this list, or for none of those that it may be for. */
  | { readonly kind: "forged" }
  | { readonly kind: "malformed" };

/**
 * Reads a token in any case. How old it may be is for others to judge.
 * @param keys all keys of a number modulo 32
 * @param candidates whom it may be for where it does not say so, in the spelling that was signed
 */
export function readToken(
  text: string,
  list: string,
  keys: (number: number) => readonly Secret[],
  candidates: readonly string[],
): TokenReading {
  const bytes = text.length > LONGEST ? undefined : fromBase32(text);
  if (!bytes || bytes.length < HEAD + SIGNATURE) return { kind: "malformed" };
  const letter = bytes.toString("latin1", 4, HEAD);
  const action = (Object.keys(actions) as Action[]).find(
    (name) => actions[name] === letter,
  );
  const signed = bytes.subarray(0, -SIGNATURE);
  const theirs = bytes.subarray(-SIGNATURE);
  const payload = payloadIn((bytes[0] ?? 0) >> 5, signed.subarray(HEAD));
  if (!action || !payload) return { kind: "malformed" };
  const { more, inside } = payload;
  const may = inside === undefined ? candidates : [inside];
  for (const key of keys((bytes[0] ?? 0) & 31))
    for (const address of may)
      if (timingSafeEqual(signature(key, list, address, signed), theirs)) {
        const time = EPOCH + bytes.readUIntBE(1, 3) * HOUR;
        return { kind: "ok", time, action, more, address };
      }
  return { kind: "forged" };
}

/** What more there is to it, and the address where that stands in it. */
function payloadIn(
  form: number,
  bytes: Buffer,
): { readonly more: string; readonly inside: string | undefined } | undefined {
  if (form === TEXT) {
    const [more = "", inside] = bytes.toString("utf8").split("\0");
    return { more, inside };
  }
  if (form !== FIGURES || bytes.length < WIDE) return undefined;
  const more = bytes.readBigUInt64BE().toString(36).padStart(12, "0");
  const address = bytes.toString("utf8", WIDE);
  return { more, inside: address === "" ? undefined : address };
}

function packed(text: string): Buffer {
  let value = 0n;
  for (const figure of text)
    value = value * BASE + BigInt(Number.parseInt(figure, 36));
  const bytes = Buffer.alloc(WIDE);
  bytes.writeBigUInt64BE(value);
  return bytes;
}

function signature(
  { secret }: Secret,
  list: string,
  address: string,
  signed: Buffer,
): Buffer {
  return createHmac("sha256", secret)
    .update(`token\0${list}\0${address}\0`)
    .update(signed)
    .digest()
    .subarray(0, SIGNATURE);
}
