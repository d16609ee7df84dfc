/**
 * Signatures of what is posted, in the form of Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, one
 * for each secret, so that a secret can be exchanged without a gap. The body is read once and never held.
 */
import { createHmac } from "node:crypto";
import { exit, Failure } from "../../base/errors.ts";

/**
 * @param secrets `whsec_` and Base64, or any text
 * @param seconds since 1970
 * @returns the value of webhook-signature
 */
export async function signaturesOf(
  secrets: readonly string[],
  id: string,
  seconds: number,
  body: AsyncIterable<Uint8Array>,
): Promise<string> {
  const signs = secrets.map((secret) => createHmac("sha256", keyOf(secret)));
  for (const sign of signs) sign.update(`${id}.${seconds}.`);
  for await (const chunk of body) for (const sign of signs) sign.update(chunk);
  return signs.map((sign) => `v1,${sign.digest("base64")}`).join(" ");
}

/**
 * What a secret signs with. Throws a Failure (try later) where Base64 behind `whsec_` is none: taken as
 * text it would sign what nobody can check.
 */
export function keyOf(secret: string): Buffer {
  if (!secret.startsWith("whsec_")) return Buffer.from(secret);
  const encoded = secret.slice("whsec_".length).replace(/={1,2}$/, "");
  if (/^[A-Za-z0-9+/]{2,}$/.test(encoded) && encoded.length % 4 !== 1)
    return Buffer.from(encoded, "base64");
  throw new Failure(
    exit.tryLater,
    "[archive.http] secret_file: behind whsec_ there must be Base64 (A-Z a-z 0-9 + /); copy the secret anew",
  );
}
