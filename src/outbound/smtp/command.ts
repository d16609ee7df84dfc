/**
 * The command lines that name a message's sender and recipients, with the parameters that the server
 * has words for. Pure.
 */
import { isInternational } from "../outcome.ts";
import type { Extensions } from "./extensions.ts";
import type { Letter } from "./letter.ts";

/** RFC 3461 section 4.4, before it is encoded. */
const ENVID_LIMIT = 100;
/** RFC 3461 section 4.2. */
const ORCPT_LIMIT = 500;

/**
 * The MAIL line (RFC 5321 section 4.1.1.2). Throws for a sender that could end its path.
 * @param utf8 the transaction needs SMTPUTF8
 */
export function mailCommand(
  letter: Letter,
  utf8: boolean,
  offers: Extensions,
): string {
  const { sender, content, envid, xverp } = letter;
  let line = `MAIL FROM:<${inPath(sender)}>`;
  if (offers.sizeTold) line += ` SIZE=${content.size}`;
  if (content.eightBit && offers.eightBitMime) line += " BODY=8BITMIME";
  if (utf8) line += " SMTPUTF8";
  if (envid !== undefined && offers.dsn) {
    line += " RET=HDRS";
    if (envid !== "" && envid.length <= ENVID_LIMIT)
      line += ` ENVID=${xtext(envid)}`;
  }
  if (xverp && sender !== "" && offers.xverp) line += " XVERP";
  return `${line}\r\n`;
}

/**
 * The RCPT line (RFC 5321 section 4.1.1.3), which asks for reports of failure only where they carry
 * an id. Throws for an address that could end its path.
 */
export function rcptCommand(
  address: string,
  envid: string | undefined,
  offers: Extensions,
): string {
  const line = `RCPT TO:<${inPath(address)}>`;
  if (envid === undefined || !offers.dsn) return `${line}\r\n`;
  const original = originalRecipient(address);
  return original.length > ORCPT_LIMIT
    ? `${line} NOTIFY=FAILURE\r\n`
    : `${line} NOTIFY=FAILURE ORCPT=${original}\r\n`;
}

/** The address as it is, for nothing that could end the path or the line ever comes so far. */
function inPath(address: string): string {
  if (/[\r\n<>]/.test(address))
    throw new Error("an address that ends its path");
  return address;
}

/** RFC 3461 section 4.2; RFC 6533 section 3 where the address is not ASCII. */
export function originalRecipient(address: string): string {
  return isInternational(address)
    ? `utf-8;${utf8Xtext(address)}`
    : `rfc822;${xtext(address)}`;
}

/** RFC 3461 section 4: printable ASCII without "+" and "=", all else in hexadecimal. */
export function xtext(text: string): string {
  return text.replace(/[^!-*,-<>-~]/gu, (sign) =>
    [...Buffer.from(sign)].map((byte) => `+${hex(byte)}`).join(""),
  );
}

/** RFC 6533 section 3: printable ASCII without "+", "=" and "\", code points for all else. */
function utf8Xtext(text: string): string {
  return text.replace(
    /[^!-*,-<>-[\]-~]/gu,
    (sign) => `\\x{${hex(sign.codePointAt(0) ?? 0)}}`,
  );
}

function hex(number: number): string {
  return number.toString(16).toUpperCase().padStart(2, "0");
}
