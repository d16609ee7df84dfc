/**
 * Messages that listmill itself writes: plain text, or parts of which some are ranges of files.
 * Lines end in LF. Text of people that is not ASCII is encoded, so any MTA takes the result.
 * Pure, but for the random number of a boundary.
 */
import { createHash, randomBytes } from "node:crypto";
import type { Piece } from "../base/pieces.ts";
import type { LineEnd } from "./field.ts";
import { Header } from "./header.ts";
import { encodeQuotedPrintable } from "./transferEncoding.ts";
import { encodePhrase, encodeWords } from "./words.ts";

export interface Fields {
  /** Addresses as `mailbox` writes them, separated by commas. */
  readonly from: string;
  readonly to: string;
  /** Any text. */
  readonly subject: string;
  readonly date: Date;
  /** As `messageId` makes it. */
  readonly messageId: string;
  /** RFC 3834: says that no person wrote it, so no machine answers it. */
  readonly autoSubmitted?: "auto-generated" | "auto-replied";
  /** Further fields in order; their values are encoded where they are not ASCII. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A part of a multipart: its Content- fields, and its content byte for byte. */
export interface Part {
  readonly header: Header;
  readonly content: readonly Piece[];
}

/** A message of plain text, in UTF-8, as quoted-printable where it is not ASCII. */
export function compose(fields: Fields & { readonly text: string }): Buffer {
  const part = textPart(fields.text);
  return Buffer.concat(composeParts(fields, part) as Uint8Array[]);
}

/** A message whose content is a part, mostly a multipart. */
export function composeParts(fields: Fields, part: Part): Piece[] {
  let header = new Header(part.header.eol)
    .add("From", fields.from)
    .add("To", fields.to)
    .add("Subject", encodeWords(fields.subject))
    .add("Date", rfc5322Date(fields.date))
    .add("Message-ID", fields.messageId);
  for (const [name, value] of Object.entries(fields.headers ?? {}))
    header = header.add(name, encodeWords(value));
  if (fields.autoSubmitted !== undefined)
    header = header.add("Auto-Submitted", fields.autoSubmitted);
  return partPieces({
    header: header.add("MIME-Version", "1.0").append(part.header),
    content: part.content,
  });
}

/** A text/plain part. Its text gets a line end at its end if it has none. */
export function textPart(text: string, eol: LineEnd = "\n"): Part {
  const lines = text.replaceAll("\0", "").replace(/\r\n?/g, "\n").trimEnd();
  const content = Buffer.from(`${lines.toWellFormed()}\n`);
  const plain =
    content.every(
      (byte) => byte < 127 && (byte > 31 || byte === 9 || byte === 10),
    ) && lines.split("\n").every((line) => line.length <= 990);
  const header = new Header(eol)
    .add("Content-Type", "text/plain; charset=utf-8")
    .add("Content-Transfer-Encoding", plain ? "7bit" : "quoted-printable");
  if (!plain) return { header, content: [encodeQuotedPrintable(content, eol)] };
  const ended =
    eol === "\n" ? content : content.toString().replaceAll("\n", eol);
  return { header, content: [Buffer.from(ended)] };
}

/**
 * Several parts as one, which may be a part again.
 * @param subtype "mixed", "digest", "report" …
 * @param boundary from `newBoundary`; must occur in no part
 * @param parameters further parameters of the Content-Type, tokens only
 */
export function multipart(
  subtype: string,
  parts: readonly Part[],
  boundary: string,
  parameters: Readonly<Record<string, string>> = {},
): Part {
  const eol = parts[0]?.header.eol ?? "\n";
  const content: Piece[] = [];
  let before = `--${boundary}${eol}`;
  for (const part of parts) {
    content.push(Buffer.from(before), ...partPieces(part));
    before = `${eol}--${boundary}${eol}`;
  }
  content.push(Buffer.from(`${eol}--${boundary}--${eol}`));
  let type = `multipart/${subtype}`;
  for (const [name, value] of Object.entries(parameters))
    type += `; ${name}=${value}`;
  const header = new Header(eol).add(
    "Content-Type",
    `${type}; boundary="${boundary}"`,
  );
  return { header, content };
}

/** Header, blank line, content. */
function partPieces(part: Part): Piece[] {
  const header = Buffer.concat([
    part.header.bytes(),
    Buffer.from(part.header.eol),
  ]);
  return [header, ...part.content];
}

/**
 * A boundary that no content holds: 128 bits, and characters that neither base64 nor
 * quoted-printable can make (RFC 2045 §6.7).
 * @param seed makes the same boundary each time; it must have been unknown to whoever wrote the
 *   content. Without one it is random.
 */
export function newBoundary(seed?: string): string {
  const bits =
    seed === undefined
      ? randomBytes(16).toString("hex")
      : createHash("sha256").update(seed).digest("hex").slice(0, 32);
  return `=_${bits}`;
}

/** `address`, or `Name <address>` with the name quoted or encoded as it needs. */
export function mailbox(address: string, name = ""): string {
  const phrase = encodePhrase(name);
  return phrase === "" ? address : `${phrase} <${address}>`;
}

/** A Message-ID, RFC 5322 §3.6.4; what may not stand in one becomes "-". */
export function messageId(id: string, host: string): string {
  const clean = (text: string) =>
    text
      .replace(/[^\w!#$%&'*+/=?^`{|}~.-]/g, "-")
      .replace(/^\.|\.(?=\.|$)/g, "");
  return `<${clean(id) || "-"}@${clean(host) || "localhost"}>`;
}

/** A date in UTC, RFC 5322 §3.3. */
export function rfc5322Date(date: Date): string {
  return date.toUTCString().replace("GMT", "+0000");
}
