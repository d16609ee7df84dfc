/**
 * The hash of a Message-ID, by which a post is found without a look-up: 32 letters and digits, the SHA-1 of
 * the id without its angle brackets in Base32 (RFC 4648), as GNU Mailman 3 makes Message-ID-Hash. Pure.
 */
import { createHash } from "node:crypto";
import { toBase32 } from "./base32.ts";

/** @param field the value of Message-ID; undefined where it has none */
export function messageIdHash(field: string | undefined): string | undefined {
  const id = idIn(field);
  return id === undefined
    ? undefined
    : toBase32(createHash("sha1").update(id, "utf8").digest()).toUpperCase();
}

/** The id without its brackets. */
export function idIn(field: string | undefined): string | undefined {
  const text = field?.trim() ?? "";
  const id = /<([^<>]*)>/.exec(text)?.[1]?.trim() ?? text;
  return id === "" ? undefined : id;
}
