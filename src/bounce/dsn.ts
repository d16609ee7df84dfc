/**
 * The fields of a delivery status notification (RFC 3464, RFC 6533), a group of fields a recipient.
 * Read leniently: fields in any order, groups without an action, wrong types of addresses. Pure.
 */
import { parseHeader } from "../mail/header.ts";
import { addressOf } from "./addresses.ts";

/** Recipients of one report that are read. */
export const RECIPIENTS = 20_000;

/** Characters of one diagnosis. */
const DIAGNOSTIC = 4000;

export interface Group {
  /** As the message was addressed; Original-Recipient, else the final one. */
  readonly recipient: string;
  /** Where the message went in the end, where that is another address. */
  readonly final?: string;
  /** Lower case, "" without one. */
  readonly action: string;
  readonly status?: string;
  /** Diagnostic-Code without its type; "" where there is none. */
  readonly diagnostic: string;
}

/** Groups in order; those that name no recipient are left out. */
export function groupsOf(text: string): Group[] {
  const groups: Group[] = [];
  for (const block of blocks(text)) {
    const group = groupOf(block);
    if (group !== undefined) groups.push(group);
    if (groups.length === RECIPIENTS) break;
  }
  return groups;
}

/** What stands between blank lines; a field that comes again begins a group where no line does. */
function* blocks(text: string): Generator<string> {
  for (const block of text.split(/\n[ \t]*(?=\n)/)) {
    const lines = block.split("\n");
    let start = 0;
    let seen = new Set<string>();
    for (const [at, line] of lines.entries()) {
      const [, name] = /^(Original|Final)-Recipient[ \t]*:/i.exec(line) ?? [];
      if (name === undefined) continue;
      if (seen.has(name.toLowerCase())) {
        yield lines.slice(start, at).join("\n");
        start = at;
        seen = new Set();
      }
      seen.add(name.toLowerCase());
    }
    yield lines.slice(start).join("\n");
  }
}

function groupOf(block: string): Group | undefined {
  if (!block.includes("-")) return undefined;
  const bytes = Buffer.from(`${block.trim()}\n\n`);
  const { header } = parseHeader(bytes);
  const finalField = header.get("Final-Recipient");
  const originalField = header.get("Original-Recipient");
  const final =
    recipientOf(finalField) ?? recipientOf(header.get("X-Actual-Recipient"));
  const recipient = recipientOf(originalField) ?? final;
  if (recipient === undefined) return undefined;
  const [action = ""] = (header.get("Action") ?? "").trim().split(/[\s;,(]/, 1);
  const status = /(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?![\d.]*\d)/.exec(
    (header.get("Status") ?? "").slice(0, 200),
  )?.[0];
  return {
    recipient,
    ...(final === undefined || final.toLowerCase() === recipient.toLowerCase()
      ? {}
      : { final }),
    action: action.toLowerCase(),
    ...(status === undefined ? {} : { status }),
    diagnostic: header
      .all("Diagnostic-Code")
      .map((value) =>
        value
          .slice(0, DIAGNOSTIC)
          .replace(/^\s*[A-Za-z0-9_-]{1,40}\s*;/, "")
          .replace(/\s+/g, " ")
          .trim(),
      )
      .join(" "),
  };
}

/** `rfc822; a@b`, `utf-8; …` with its escapes, or the address alone. */
function recipientOf(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const [, type = "", rest = ""] =
    /^\s*(?:([A-Za-z0-9_/-]{1,40})\s*;)?([\s\S]*)$/.exec(value) ?? [];
  if (/^x-?(?:400|unix)|^unknown/i.test(type) && !rest.includes("@"))
    return undefined;
  const address = /^utf-?8$/i.test(type)
    ? rest.replace(/\\x\{([0-9A-Fa-f]{1,6})\}/g, unescaped)
    : rest;
  return addressOf(address);
}

function unescaped(whole: string, hexadecimal: string): string {
  const point = Number.parseInt(hexadecimal, 16);
  return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
}
