/**
 * Adds a footer to a message: to its text where that is safe, else as a part of its own. Reads no
 * more than the last 64 KiB of the body, so memory stays flat. A signed or encrypted message is
 * given back unchanged.
 */
import { bytes, lengthOf, type Piece, slice } from "../base/pieces.ts";
import { multipart, newBoundary, type Part, textPart } from "./compose.ts";
import type { Header } from "./header.ts";
import type { Message } from "./message.ts";
import { contentType, protection, transferEncoding } from "./mime.ts";
import { encodeQuotedPrintable } from "./transferEncoding.ts";

const TAIL = 64 * 1024;
/** RFC 2046 §5.1.1, leniently. */
const BOUNDARY = /^[ -~]{1,70}$/;

/** Charsets in which ASCII bytes at the start of a line are ASCII. */
const ASCII_SUPERSET =
  /^(?:us-ascii|ascii|ansi_x3\.4-1968|utf-?8|iso-?8859-\d{1,2}|latin1|windows-(?:874|125\d)|cp125\d|koi8-[ru]|gb2312|gbk|gb18030|big5|euc-(?:jp|kr|tw)|ks_c_5601-1987|shift_jis|iso-2022-jp|tis-620)$/;

/** @param footer lines of text with LF; where it is blank the message stays as it is */
export async function addFooter(
  message: Message,
  footer: string,
): Promise<Message> {
  const text = footer.replaceAll("\0", "").replace(/\r\n?/g, "\n").trimEnd();
  if (text === "" || message.headerTooLarge) return message;
  if ((await protection(message)) !== "none") return message;
  const added =
    (await appended(message, text)) ??
    (await inserted(message, text)) ??
    (await wrapped(message, text));
  return added.with({
    header: added.header.remove("Content-Length", "Lines", "Content-MD5"),
  });
}

/** The footer behind the text, where charset and encoding allow it. */
async function appended(
  message: Message,
  footer: string,
): Promise<Message | undefined> {
  const { type, subtype, params } = contentType(message.header);
  const encoding = transferEncoding(message.header);
  const charset = params.get("charset")?.trim().toLowerCase() ?? "us-ascii";
  const ascii = /^[\0-\x7f]*$/.test(footer);
  if (
    `${type}/${subtype}` !== "text/plain" ||
    message.header.has("Content-Disposition") ||
    !/^(?:7bit|8bit|binary|quoted-printable)$/.test(encoding) ||
    !(ascii ? ASCII_SUPERSET.test(charset) : /^utf-?8$/.test(charset))
  )
    return undefined;
  const flowed = params.get("format")?.trim().toLowerCase() === "flowed";
  const text = `${flowed ? fixed(footer) : footer}\n`;
  const quoted = encoding === "quoted-printable";
  const encoded = quoted
    ? encodeQuotedPrintable(Buffer.from(text)).toString()
    : text;
  const tail = await tailOf(message.body);
  const eol = lineEndOf(tail) ?? message.eol;
  const gap = gapAfter(tail, eol, quoted, flowed);
  const body = [
    ...message.body,
    Buffer.from(gap + encoded.replaceAll("\n", eol)),
  ];
  return encoding === "7bit" && !ascii
    ? message.with({ header: eightBit(message.header), body })
    : message.with({ body });
}

function eightBit(header: Header): Header {
  return header.set("Content-Transfer-Encoding", "8bit");
}

/** Lines that no reader of format=flowed joins or takes for quotes, RFC 3676 §4.2 and §4.4. */
function fixed(text: string): string {
  return text
    .split("\n")
    .map((line) => (line === "-- " ? line : line.trimEnd()))
    .map((line) => (/^(?:[ >]|From )/.test(line) ? ` ${line}` : line))
    .join("\n");
}

/** What must stand between the end of the text and the footer. */
function gapAfter(
  tail: Buffer,
  eol: string,
  quoted: boolean,
  flowed: boolean,
): string {
  if (tail.length === 0) return "";
  const ended = tail.at(-1) === 10;
  const line = tail
    .subarray(tail.lastIndexOf(10, ended ? -2 : -1) + 1)
    .toString("latin1")
    .replace(/[\r\n]+$/, "");
  // A last line that says "continued" would take the footer's first line into its own.
  const soft = quoted && /=[ \t]*$/.test(line.slice(-1000));
  const open = flowed && /(?: |=20)$/.test(line) && line !== "-- ";
  if (soft) return ended ? eol : eol + eol;
  if (open) return ended ? eol : eol + eol;
  return ended ? "" : eol;
}

/** The footer as the last part of a multipart/mixed whose end is at hand. */
async function inserted(
  message: Message,
  footer: string,
): Promise<Message | undefined> {
  const { type, subtype, params } = contentType(message.header);
  const boundary = params.get("boundary") ?? "";
  if (
    `${type}/${subtype}` !== "multipart/mixed" ||
    !BOUNDARY.test(boundary) ||
    !/^(?:7bit|8bit|binary)$/.test(transferEncoding(message.header))
  )
    return undefined;
  const size = lengthOf(message.body);
  const tail = await tailOf(message.body);
  const at = closingLine(tail, boundary, tail.length === size);
  if (at === undefined) return undefined;
  const eol = lineEndOf(tail) ?? message.eol;
  const part = footerPart(footer, eol);
  const end = size - tail.length + at;
  return message.with({
    body: [
      ...slice(message.body, 0, end),
      Buffer.from(`--${boundary}${eol}`),
      part.header.bytes(),
      Buffer.from(eol),
      ...part.content,
      ...slice(message.body, end, size),
    ],
  });
}

/** Offset of the line `--boundary--`. */
function closingLine(
  tail: Buffer,
  boundary: string,
  whole: boolean,
): number | undefined {
  const delimiter = `--${boundary}--`;
  for (
    let at = tail.indexOf(delimiter);
    at >= 0;
    at = tail.indexOf(delimiter, at + delimiter.length)
  ) {
    const starts = at === 0 ? whole : tail[at - 1] === 10;
    let end = at + delimiter.length;
    while (tail[end] === 32 || tail[end] === 9 || tail[end] === 13) end++;
    if (starts && (end >= tail.length || tail[end] === 10)) return at;
  }
  return undefined;
}

/** The message in a new multipart/mixed, with the footer as its second part. */
async function wrapped(message: Message, footer: string): Promise<Message> {
  const content = (name: string) => name.startsWith("content-");
  const encoding = transferEncoding(message.header);
  const original: Part = {
    header: message.header
      .only(content)
      .remove("Content-Length", "Content-MD5"),
    content: [...message.body, ...(await missingEnd(message))],
  };
  const mixed = multipart(
    "mixed",
    [original, footerPart(footer, message.eol)],
    newBoundary(),
  );
  let header = message.header
    .only((name) => !content(name))
    .set("MIME-Version", "1.0")
    .append(mixed.header);
  if (encoding === "8bit" || encoding === "binary")
    header = header.add("Content-Transfer-Encoding", encoding);
  return message.with({ header, body: mixed.content });
}

/** The closing line of a multipart that lacks it: some readers would not find their way out. */
async function missingEnd(message: Message): Promise<Piece[]> {
  const { type, params } = contentType(message.header);
  const boundary = params.get("boundary") ?? "";
  if (type !== "multipart" || !BOUNDARY.test(boundary)) return [];
  const tail = await tailOf(message.body);
  if (closingLine(tail, boundary, false) !== undefined) return [];
  return [Buffer.from(`${message.eol}--${boundary}--${message.eol}`)];
}

function footerPart(footer: string, eol: "\n" | "\r\n"): Part {
  const part = textPart(footer, eol);
  return {
    header: part.header.add("Content-Disposition", "inline"),
    content: part.content,
  };
}

function tailOf(body: readonly Piece[]): Promise<Buffer> {
  const size = lengthOf(body);
  return bytes(slice(body, Math.max(size - TAIL, 0), size), TAIL);
}

function lineEndOf(text: Buffer): "\n" | "\r\n" | undefined {
  const at = text.lastIndexOf(10);
  if (at < 0) return undefined;
  return text[at - 1] === 13 ? "\r\n" : "\n";
}
