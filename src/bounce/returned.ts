/**
 * What is known of the message that a report gives back: its Message-ID and subject, and every
 * address that may tell for whom it was. Pure.
 */
import { oneLine } from "../base/log.ts";
import { canonical, parseAddresses } from "../mail/address.ts";
import { type Header, parseHeader } from "../mail/header.ts";
import { isReturned, type Letter } from "./letter.ts";
import type { Returned } from "./report.ts";

const ADDRESSES = 50;
/** Characters of a field that are looked at. */
const FIELD = 16 * 1024;
/** Fields of the envelope, as many mail systems write it down. */
const ENVELOPE = [
  "Return-Path",
  "Delivered-To",
  "X-Original-To",
  "Envelope-To",
  "X-Envelope-To",
  "X-Envelope-From",
  "X-Env-Sender",
  "X-Receiver",
  "X-Rcpt-To",
  "X-HmXmrOriginalRecipient",
  "Errors-To",
  "Sender",
  "List-Unsubscribe",
  "To",
];
const OUTER = ["Delivered-To", "X-Original-To", "Envelope-To", "To"];

/** The header of the returned message; an empty one where there is none. */
export function returnedHeader(letter: Letter): Header {
  const part = letter.parts.find(
    (part) => isReturned(part) && part.text.trim() !== "",
  );
  const text = part?.text ?? letter.behind;
  const start = text.search(/^[A-Za-z][A-Za-z0-9-]{1,60}[ \t]*:/m);
  const bytes = Buffer.from(start < 0 ? "" : `${text.slice(start)}\n`);
  return parseHeader(bytes).header;
}

export function returnedOf(letter: Letter, inner: Header): Returned {
  const found = new Set<string>();
  const messageId = /<[^<>\s]{1,990}>/.exec(
    (inner.get("Message-ID") ?? "").slice(0, FIELD),
  )?.[0];
  const subject = oneLine(inner.text("Subject"), 300);
  for (const [header, names] of [
    [inner, ENVELOPE],
    [letter.header, OUTER],
  ] as const)
    for (const name of names)
      for (const value of header.all(name).slice(0, ADDRESSES))
        for (const address of name === "List-Unsubscribe"
          ? mailedTo(value)
          : addressesOf(value))
          if (found.size < ADDRESSES) found.add(address);
  return {
    ...(messageId === undefined ? {} : { messageId }),
    ...(subject === "" ? {} : { subject }),
    addresses: [...found],
  };
}

/** The addresses of the mailto links of a field (RFC 2369, RFC 6068), canonical, without what to write. */
function mailedTo(value: string): string[] {
  const whole = value.slice(0, FIELD).replace(/\s+/g, "");
  return [...whole.matchAll(/<mailto:([^<>?]{1,400})[^<>]*>/gi)].flatMap(
    ([, address = ""]) => canonical(unescaped(address)) ?? [],
  );
}

function unescaped(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The addresses of a field, canonical; what SMTP could not use is left out. */
export function addressesOf(value: string): string[] {
  return parseAddresses(value.slice(0, FIELD)).flatMap(
    ({ address }) => canonical(address) ?? [],
  );
}
