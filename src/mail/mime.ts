/**
 * What kind of body a message has: its content type (RFC 2045, RFC 2231), and whether it is signed
 * or encrypted, so that nothing may be added to it. Reads at most the first 64 KiB of a body.
 */
import { bytes } from "../base/pieces.ts";
import { type Header, parseHeader } from "./header.ts";
import type { Message } from "./message.ts";
import { decodeQuotedPrintable } from "./transferEncoding.ts";
import { decodeCharset } from "./words.ts";

const HEAD = 64 * 1024;
/** Deepest nesting that is looked into, and most parameters that are read. */
const DEPTH = 8;
const PARAMETERS = 200;
const TOKEN = /^[!#$%&'*+.^_`{|}~0-9A-Za-z-]+$/;

export interface ContentType {
  /** Lower case. */
  readonly type: string;
  readonly subtype: string;
  /** Values by name in lower case; continuations joined, charsets decoded. */
  readonly params: ReadonlyMap<string, string>;
}

/** The first Content-Type; text/plain where there is none or none that can be read (RFC 2045 §5.2). */
export function contentType(header: Header): ContentType {
  const [value = "", ...rest] = split(header.get("Content-Type") ?? "");
  const [type = "", subtype = "", more] = value
    .split("/")
    .map((word) => word.trim().toLowerCase());
  if (!TOKEN.test(type) || !TOKEN.test(subtype) || more !== undefined)
    return { type: "text", subtype: "plain", params: new Map() };
  return { type, subtype, params: parameters(rest.slice(0, PARAMETERS)) };
}

/** The kind of the first Content-Disposition (RFC 2183) in lower case, and the name of a file; "" without. */
export function disposition(header: Header): {
  readonly kind: string;
  readonly name: string;
} {
  const [kind = "", ...rest] = split(header.get("Content-Disposition") ?? "");
  const params = parameters(rest.slice(0, PARAMETERS));
  return {
    kind: kind.trim().toLowerCase(),
    name: params.get("filename") ?? "",
  };
}

/** The transfer encoding in lower case; "7bit" where none is given. */
export function transferEncoding(header: Header): string {
  const [value = ""] = split(header.get("Content-Transfer-Encoding") ?? "");
  return value.trim().toLowerCase() || "7bit";
}

/** A field's value cut at its semicolons, comments left out, quoted strings left as they are. */
function split(value: string): string[] {
  const found: string[] = [];
  let word = "";
  let quoted = false;
  let depth = 0;
  for (let at = 0; at < value.length; at++) {
    const character = value.charAt(at);
    if (character === "\\" && (quoted || depth > 0)) {
      at++;
      if (depth === 0) word += character + value.charAt(at);
    } else if (depth > 0) {
      if (character === "(") depth++;
      if (character === ")") depth--;
    } else if (!quoted && character === "(") depth = 1;
    else if (!quoted && character === ";") {
      found.push(word);
      word = "";
    } else {
      if (character === '"') quoted = !quoted;
      word += character;
    }
  }
  return [...found, word];
}

interface Segment {
  readonly index: number;
  readonly encoded: boolean;
  readonly value: string;
}

function parameters(pairs: readonly string[]): Map<string, string> {
  const params = new Map<string, string>();
  const continued = new Map<string, Segment[]>();
  for (const pair of pairs) {
    const equals = pair.indexOf("=");
    if (equals < 0) continue;
    const name = pair.slice(0, equals).trim().toLowerCase();
    const value = unquote(pair.slice(equals + 1).trim());
    const [, base, index, star] =
      /^([^*]+)(?:\*(\d{1,3}))?(\*)?$/.exec(name) ?? [];
    if (base === undefined) continue;
    if (index === undefined && star === undefined) {
      if (!params.has(base)) params.set(base, value);
      continue;
    }
    const segments = continued.get(base) ?? [];
    segments.push({
      index: Number(index ?? 0),
      encoded: star !== undefined,
      value,
    });
    continued.set(base, segments);
  }
  for (const [base, segments] of continued) params.set(base, join(segments));
  return params;
}

/** RFC 2231 §3 and §4: `charset'language'value` in the first segment, %XX where it is encoded. */
function join(segments: Segment[]): string {
  segments.sort((a, b) => a.index - b.index);
  let charset = "utf-8";
  const parts: Buffer[] = [];
  for (const [at, { encoded, value }] of segments.entries()) {
    let text = value;
    const prefix = at === 0 && encoded ? /^([^']*)'[^']*'/.exec(value) : null;
    if (prefix !== null) {
      charset = prefix[1] || charset;
      text = value.slice(prefix[0].length);
    }
    parts.push(
      encoded
        ? decodeQuotedPrintable(
            Buffer.from(text.replaceAll("=", "%3D").replaceAll("%", "=")),
          )
        : Buffer.from(text),
    );
  }
  const whole = Buffer.concat(parts);
  return decodeCharset(whole, charset) ?? whole.toString("latin1");
}

function unquote(value: string): string {
  if (!value.startsWith('"')) return value;
  return value
    .replace(/^"/, "")
    .replace(/"$/, "")
    .replace(/\\([\s\S])/g, "$1");
}

export type Protection = "none" | "signed" | "encrypted";

/**
 * Whether the body, or a part that starts in its first 64 KiB, is signed or encrypted: PGP/MIME
 * (RFC 3156), S/MIME (RFC 8551) or inline PGP. In doubt it says yes.
 */
export async function protection(message: Message): Promise<Protection> {
  return inspect(message.header, await bytes(message.body, HEAD), 0);
}

function inspect(header: Header, body: Buffer, depth: number): Protection {
  const { type, subtype, params } = contentType(header);
  if (type === "multipart") {
    if (subtype === "signed") return "signed";
    if (subtype === "encrypted") return "encrypted";
    const boundary = params.get("boundary") ?? "";
    if (boundary === "" || depth === DEPTH) return "none";
    for (const part of partsOf(body, boundary)) {
      const parsed = parseHeader(part);
      const content = part.subarray(parsed.bodyStart);
      const found = inspect(parsed.header, content, depth + 1);
      if (found !== "none") return found;
    }
    return "none";
  }
  if (type === "application" && /^(?:x-)?pkcs7-mime$/.test(subtype))
    return params.get("smime-type")?.toLowerCase() === "signed-data"
      ? "signed"
      : "encrypted";
  // What Exchange leaves of a multipart/encrypted is a multipart/mixed with this part.
  if (type === "application" && subtype === "pgp-encrypted") return "encrypted";
  if (type === "text" || subtype === "pgp")
    return inlineProtection(decoded(header, body));
  return "none";
}

/** The content of the parts, as far as it is in these bytes. */
function partsOf(body: Buffer, boundary: string): Buffer[] {
  const delimiter = Buffer.from(`--${boundary}`);
  const found: Buffer[] = [];
  let start = -1;
  for (
    let at = body.indexOf(delimiter);
    at >= 0;
    at = body.indexOf(delimiter, at + delimiter.length)
  ) {
    if (at > 0 && body[at - 1] !== 10) continue;
    if (start >= 0) found.push(body.subarray(start, at));
    const lineEnd = body.indexOf(10, at);
    const line = body
      .toString("latin1", at, lineEnd < 0 ? body.length : lineEnd)
      .trimEnd();
    start = -1;
    if (line.length === delimiter.length + 2 && line.endsWith("--"))
      return found;
    if (lineEnd >= 0) start = lineEnd + 1;
  }
  if (start >= 0) found.push(body.subarray(start));
  return found;
}

function decoded(header: Header, body: Buffer): Buffer {
  const encoding = transferEncoding(header);
  if (encoding === "base64")
    return Buffer.from(body.toString("latin1"), "base64");
  return encoding === "quoted-printable" ? decodeQuotedPrintable(body) : body;
}

function inlineProtection(text: Buffer): Protection {
  if (hasLine(text, "-----BEGIN PGP SIGNED MESSAGE-----")) return "signed";
  return hasLine(text, "-----BEGIN PGP MESSAGE-----") ? "encrypted" : "none";
}

function hasLine(text: Buffer, line: string): boolean {
  for (
    let at = text.indexOf(line);
    at >= 0;
    at = text.indexOf(line, at + line.length)
  )
    if (at === 0 || text[at - 1] === 10 || text[at - 1] === 13) return true;
  return false;
}

/** Whether somebody vouches for the content with DKIM (RFC 6376) or its forerunner (RFC 4870). */
export function dkimSigned(header: Header): boolean {
  return header.has("DKIM-Signature") || header.has("DomainKey-Signature");
}
