/**
 * Passwords of lists, kept as scrypt hashes (RFC 7914): `scrypt:SALT:HASH` in base64.
 */
import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";

/** 16 MiB and some 50 ms for each guess. */
const COST = { N: 2 ** 14, r: 8, p: 1 };
const SALT = 16;
const LENGTH = 32;
/** Characters of a password that are looked at. */
const LONGEST = 200;

/** What settings keep of a password. */
export async function hashOf(password: string): Promise<string> {
  const salt = randomBytes(SALT);
  const hash = await derived(password, salt);
  return `scrypt:${salt.toString("base64")}:${hash.toString("base64")}`;
}

/** Whether it is the password of a hash; takes as long where it is not. */
export async function isPassword(
  password: string,
  kept: string,
): Promise<boolean> {
  const [kind, salt = "", hash = ""] = kept.split(":");
  const wanted = Buffer.from(hash, "base64");
  if (kind !== "scrypt" || wanted.length !== LENGTH) return false;
  const found = await derived(password, Buffer.from(salt, "base64"));
  return timingSafeEqual(found, wanted);
}

function derived(password: string, salt: Buffer): Promise<Buffer> {
  const text = password.normalize("NFKC").slice(0, LONGEST);
  return new Promise((resolve, reject) =>
    scrypt(text, salt, LENGTH, COST, (error, key) =>
      error ? reject(error) : resolve(key),
    ),
  );
}
