/**
 * The parts of a report that have no parts of their own, in order, at most the first four MiB of a
 * message. What lies in a returned message is not opened: a report in a report is somebody else's.
 * Broken MIME, which old mail systems write, is one text. Of the world it only reads the files that
 * the message lies in; it throws their errors.
 */
import { bytes } from "../base/pieces.ts";
import { type Header, parseHeader } from "../mail/header.ts";
import { withoutTags } from "../mail/markup.ts";
import type { Message } from "../mail/message.ts";
import { contentType, transferEncoding } from "../mail/mime.ts";
import { decodeQuotedPrintable } from "../mail/transferEncoding.ts";
import { decodeCharset } from "../mail/words.ts";

/** Bytes of a body that are read: twenty thousand recipients with their fields. */
const BODY = 4 * 1024 * 1024;
/** Bytes of one part for people, and of a returned message. */
const TEXT = 1024 * 1024;
const RETURNED = 128 * 1024;
const PARTS = 100;
const DEPTH = 8;
const LF = 10;

export interface Part {
  /** "message/delivery-status" */
  readonly type: string;
  readonly header: Header;
  /** Decoded, LF line ends, "" for what is neither text nor a report nor a message. */
  readonly text: string;
}

export async function partsOf(
  message: Pick<Message, "header" | "body">,
): Promise<Part[]> {
  const body = await bytes(message.body, BODY);
  const parts: Part[] = [];
  collect(message.header, body, parts, 0);
  return parts;
}

function collect(
  header: Header,
  body: Buffer,
  parts: Part[],
  depth: number,
): void {
  if (parts.length >= PARTS) return;
  const { type, subtype, params } = contentType(header);
  const boundary = params.get("boundary") ?? "";
  if (type === "multipart" && depth < DEPTH && boundary !== "") {
    const pieces = split(body, boundary);
    for (const piece of pieces) {
      const parsed = parseHeader(piece);
      const content = piece.subarray(parsed.bodyStart);
      collect(parsed.header, content, parts, depth + 1);
    }
    if (pieces.length > 0) return;
  }
  const kind = type === "multipart" ? "text/plain" : `${type}/${subtype}`;
  const text = textOf(kind, header, body, params.get("charset"));
  parts.push({ type: kind, header, text });
}

/** The bytes between the lines that are the boundary; none where there is no such line. */
function split(body: Buffer, boundary: string): Buffer[] {
  const delimiter = Buffer.from(`--${boundary}`);
  const found: Buffer[] = [];
  let start = -1;
  for (
    let at = body.indexOf(delimiter);
    at >= 0 && found.length < PARTS;
    at = body.indexOf(delimiter, at + delimiter.length)
  ) {
    if (at > 0 && body[at - 1] !== LF) continue;
    const behind = at + delimiter.length;
    const lineEnd = body.indexOf(LF, behind);
    const end = lineEnd < 0 ? body.length : lineEnd;
    const rest = body.toString("latin1", behind, Math.min(end, behind + 100));
    if (!/^(?:--)?\s*$/.test(rest)) continue;
    if (start >= 0) found.push(body.subarray(start, at));
    start = rest.startsWith("-") ? -1 : Math.min(end + 1, body.length);
    if (start < 0) break;
  }
  if (start >= 0) found.push(body.subarray(start));
  return found;
}

/** Types that are read as text: what is for people, for programs, and what is given back. */
const READABLE =
  /^text\/|^message\/(?:global-)?(?:delivery-status|disposition-notification|feedback-report|headers|rfc822)$|^message\/(?:global|rfc822-headers)$/;

function textOf(
  type: string,
  header: Header,
  body: Buffer,
  charset = "utf-8",
): string {
  if (!READABLE.test(type)) return "";
  const raw = body.subarray(0, limitOf(type));
  const decoded = decode(transferEncoding(header), raw);
  const utf8 = decoded.toString("utf8");
  const text =
    (/^utf-?8$|^us-ascii$/i.test(charset) && !utf8.includes("\ufffd")
      ? utf8
      : decodeCharset(decoded, known(charset))) ?? decoded.toString("latin1");
  const lines = text.replace(/\r\n?/g, "\n");
  return type === "text/html" ? fromHtml(lines) : lines;
}

/** What says that it is ASCII and is not, or says nothing, is Latin-1 at worst. */
function known(charset: string): string {
  return /^utf-?8$/i.test(charset) ? "windows-1252" : charset;
}

function limitOf(type: string): number {
  if (/^message\/(?:rfc822|global)$|headers$/.test(type)) return RETURNED;
  return type.startsWith("text/") ? TEXT : BODY;
}

function decode(encoding: string, raw: Buffer): Buffer {
  if (encoding === "base64")
    return Buffer.from(raw.toString("latin1"), "base64");
  return encoding === "quoted-printable" ? decodeQuotedPrintable(raw) : raw;
}

const ENTITIES: Record<string, string> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  nbsp: " ",
};

/** A line a block; good enough to find addresses and sentences. */
function fromHtml(html: string): string {
  const blocks = html
    .replace(/<(?:style|script)\b[^<]*<\/(?:style|script)/gi, " ")
    .replace(/<(?:br|\/?p|\/?div|\/?tr|\/?li|\/?h\d|\/?table)\b/gi, "\n$&");
  return withoutTags(blocks).replace(
    /&(?:#(\d{1,6})|(lt|gt|amp|quot|nbsp));/gi,
    (whole, number?: string, name?: string) =>
      name === undefined
        ? character(Number(number), whole)
        : (ENTITIES[name.toLowerCase()] ?? whole),
  );
}

function character(point: number, otherwise: string): string {
  return point > 31 && point < 0xd800 ? String.fromCodePoint(point) : otherwise;
}
