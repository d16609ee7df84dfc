/**
 * Signatures of what is posted, in the form of Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, one
 * for each secret, so that a secret can be exchanged without a gap. The body is read once and never held.
 */
import { createHmac } from "node:crypto";

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

function keyOf(secret: string): Buffer {
  const encoded = /^whsec_([A-Za-z0-9+/]+=*)$/.exec(secret)?.[1];
  return encoded === undefined
    ? Buffer.from(secret)
    : Buffer.from(encoded, "base64");
}
