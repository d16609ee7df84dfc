/**
 * Addresses: read leniently where people write them, strictly checked where they are used.
 * Canonical means usable in SMTP as it stands: RFC 5321 §4.1.2 and the sizes of §4.5.3.1, with
 * RFC 6531 for UTF-8 local parts. Pure.
 */
import { isIPv4, isIPv6 } from "node:net";
import { domainToASCII } from "node:url";
import addressparser from "nodemailer/lib/addressparser";
import { oneLine } from "../base/log.ts";
import { decodeWords } from "./words.ts";

/** Most characters of a field that are looked at. */
const FIELD = 256 * 1024;

const ATOM = /^(?:[\w!#$%&'*+/=?^`{|}~-]|[^\0-\x7f])+$/;
const QUOTED = /^"(?:[ !#-[\]-~]|[^\0-\x7f]|\\[ -~])*"$/;
/** With the underscore, which Postfix and many a domain allow though RFC 5321 does not. */
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/**
 * The mailboxes of an address field, groups flattened, names decoded, one line each.
 * @returns addresses as they were written, not checked; "" where there is only a name
 */
export function parseAddresses(
  text: string,
): { name: string; address: string }[] {
  return addressparser(text.slice(0, FIELD), { flatten: true }).map(
    ({ name, address }) => ({
      name: oneLine(decodeWords(name)),
      address: address.trim(),
    }),
  );
}

/**
 * The address with its domain in lower case and ASCII (RFC 5890 A-labels), the local part as it is,
 * but for quotes that it does not need.
 * @returns undefined where SMTP could not use it
 */
export function canonical(address: string): string | undefined {
  const text = address.trim();
  if (text.length > 254) return undefined;
  const at = text.lastIndexOf("@");
  const local = unquoted(text.slice(0, Math.max(at, 0)));
  const domain = canonicalDomain(text.slice(at + 1));
  if (!isLocalPart(local) || domain === undefined) return undefined;
  const whole = `${local}@${domain}`;
  return Buffer.byteLength(whole) <= 254 ? whole : undefined;
}

/** Without quotes that change nothing (RFC 5321 §4.1.2): `"news"@` is `news@`. */
function unquoted(local: string): string {
  if (!QUOTED.test(local)) return local;
  const inside = local.slice(1, -1).replace(/\\(.)/g, "$1");
  return inside.split(".").every((atom) => ATOM.test(atom)) ? inside : local;
}

function isLocalPart(local: string): boolean {
  if (Buffer.byteLength(local) > 64 || !local.isWellFormed()) return false;
  // Separators and invisible characters of Unicode make two addresses that look alike.
  if (/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]|[^ \P{Zs}]/u.test(local)) return false;
  if (local.startsWith('"')) return QUOTED.test(local);
  return local.split(".").every((atom) => ATOM.test(atom));
}

/** A domain or address literal in lower case and ASCII; undefined where SMTP could not use it. */
export function canonicalDomain(domain: string): string | undefined {
  if (domain.startsWith("[")) return literal(domain);
  if (!/^(?:[A-Za-z0-9._-]|[^\0-\x7f])+$/.test(domain)) return undefined;
  const ascii = /^[\0-\x7f]+$/.test(domain);
  const name = ascii ? domain.toLowerCase() : domainToASCII(domain);
  // Full-width digits turn into an IPv4 address here, which is no domain.
  if (name.length > 255 || (!ascii && isIPv4(name))) return undefined;
  return name.split(".").every((label) => LABEL.test(label)) ? name : undefined;
}

/** RFC 5321 §4.1.3; other kinds of literals than IPv4 and IPv6 were never standardised. */
function literal(domain: string): string | undefined {
  if (!domain.endsWith("]")) return undefined;
  const inside = domain.slice(1, -1);
  if (isIPv4(inside)) return domain;
  const version6 = /^IPv6:([0-9a-f:.]+)$/i.exec(inside)?.[1] ?? "";
  return isIPv6(version6) ? `[IPv6:${version6.toLowerCase()}]` : undefined;
}

/** An address as most are: nothing to check or to change in it, if it is not long. */
const PLAIN = /^[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@[a-z0-9]+(?:[.-][a-z0-9]+)*$/;

/** Whether it is canonical at a glance. Many that are canonical are not plain. */
export function isPlain(address: string): boolean {
  return address.length <= 64 && PLAIN.test(address);
}

/** What stands behind the last `@`, in lower case; "" without one. */
export function domainOf(address: string): string {
  const at = address.lastIndexOf("@");
  return at < 0 ? "" : address.slice(at + 1).toLowerCase();
}

/** The same as domains are compared: in ASCII too (RFC 5890 A-labels), where that can be. */
export function domainKeyOf(address: string): string {
  const domain = domainOf(address);
  if (/^[\0-\x7f]*$/.test(domain)) return domain;
  return domainToASCII(domain) || domain;
}

/** What stands before the last `@`; all of it without one. */
export function localOf(address: string): string {
  const at = address.lastIndexOf("@");
  return at < 0 ? address : address.slice(0, at);
}

/** What two spellings of one member have in common: members are compared without case. */
export function keyOf(address: string): string {
  return address.toLowerCase();
}

/** The same, with the domain as domains are compared. */
export function mailboxKeyOf(address: string): string {
  return `${keyOf(localOf(address))}@${domainKeyOf(address)}`;
}

/**
 * The one address on a line of a source of recipients: `address` or `Name <address>`.
 * @returns canonical, or undefined where the line is neither
 */
export function fromLine(line: string): string | undefined {
  if (isPlain(line)) return line;
  const text = line.trim();
  if (!text.endsWith(">")) return canonical(text);
  return canonical(text.slice(text.lastIndexOf("<") + 1, -1));
}
