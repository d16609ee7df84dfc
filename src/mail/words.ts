/**
 * Encoded words, RFC 2047: text of any language in the ASCII of a header, and back.
 * What is no well-formed encoded word, or names a charset that is not known, stays as it is.
 * Pure.
 */
import { decodeQuotedPrintable } from "./transferEncoding.ts";

const WORD = /=\?([^?\s]{1,64})\?([BbQq])\?([^?]*)\?=/g;

/** Names of charsets that mail uses and the Encoding Standard does not list. */
const aliases = new Map([
  ["cp932", "shift_jis"],
  ["ms932", "shift_jis"],
  ["cp936", "gbk"],
  ["ms936", "gbk"],
  ["cp949", "euc-kr"],
  ["ms949", "euc-kr"],
  ["cp950", "big5"],
  ["euc_jp", "euc-jp"],
  ["eucjp", "euc-jp"],
  ["euc_kr", "euc-kr"],
  ["euckr", "euc-kr"],
  ["gb18030-2000", "gb18030"],
  ["iso-2022-jp-1", "iso-2022-jp"],
  ["iso-2022-jp-2", "iso-2022-jp"],
  ["iso-2022-jp-ms", "iso-2022-jp"],
  ["cp50220", "iso-2022-jp"],
  ["koi8-ru", "koi8-u"],
  ["utf8mb4", "utf-8"],
]);

/**
 * Text in a charset.
 * @param charset its name as mail gives it, in any case, perhaps with a language behind `*`
 * @returns undefined where the charset is not known; what is malformed becomes U+FFFD
 */
export function decodeCharset(
  bytes: Uint8Array,
  charset: string,
): string | undefined {
  const label = (charset.split("*")[0] ?? "").toLowerCase();
  try {
    return new TextDecoder(aliases.get(label) ?? label).decode(bytes);
  } catch {
    return undefined;
  }
}

/**
 * Decodes the encoded words of a field's value, leniently: anywhere in the text, and a character
 * split over neighbouring words of one charset is put together. Blanks between two encoded words
 * go, as RFC 2047 §6.2 says. The result may hold control characters.
 */
export function decodeWords(value: string): string {
  if (!value.includes("=?")) return value;
  let text = "";
  let at = 0;
  let run: { charset: string; bytes: Buffer[]; source: string } | undefined;
  const finish = () => {
    if (run === undefined) return;
    text += decodeCharset(Buffer.concat(run.bytes), run.charset) ?? run.source;
    run = undefined;
  };
  for (const match of value.matchAll(WORD)) {
    const [source, charset = "", encoding = "", encoded = ""] = match;
    const between = value.slice(at, match.index);
    at = match.index + source.length;
    const bytes = /[Bb]/.test(encoding)
      ? Buffer.from(encoded, "base64")
      : decodeQuotedPrintable(
          Buffer.from(
            encoded.replaceAll("_", "=20"),
            // Raw 8-bit has no place here; it was read as UTF-8 or else as Latin-1.
            /^utf-?8/i.test(charset) ? "utf8" : "latin1",
          ),
        );
    const known = decodeCharset(Buffer.alloc(0), charset) !== undefined;
    const neighbours = run !== undefined && known && /^\s*$/.test(between);
    if (neighbours && run?.charset === charset.toLowerCase()) {
      run.bytes.push(bytes);
      run.source += between + source;
      continue;
    }
    finish();
    if (!neighbours) text += between;
    if (known) run = { charset: charset.toLowerCase(), bytes: [bytes], source };
    else text += source;
  }
  finish();
  return text + value.slice(at);
}

/**
 * Text as the value of an unstructured field (Subject, a display name): ASCII only, one line.
 * Words that need it are encoded, at most 75 characters each (RFC 2047 §2); the rest stays.
 */
export function encodeWords(text: string): string {
  const words = tidy(text).split(" ");
  const first = words.findIndex(needsEncoding);
  if (first < 0) return words.join(" ");
  const last = words.findLastIndex(needsEncoding);
  return [
    ...words.slice(0, first),
    ...encode(words.slice(first, last + 1).join(" ")),
    ...words.slice(last + 1),
  ].join(" ");
}

/**
 * Text as a phrase, such as the name before an address (RFC 5322 §3.2.5): atoms as they are, else
 * quoted, else all of it encoded. ASCII only, one line.
 */
export function encodePhrase(text: string): string {
  const line = tidy(text);
  if (line.split(" ").some(needsEncoding)) return encode(line).join(" ");
  if (/^[\w !#$%&'*+/=^`{|}~-]*$/.test(line)) return line;
  return `"${line.replace(/["\\]/g, "\\$&")}"`;
}

function tidy(text: string): string {
  return text
    .toWellFormed()
    .replace(/\p{Cc}+/gu, " ")
    .trim();
}

function needsEncoding(word: string): boolean {
  return /[^!-~]|=\?/.test(word);
}

/** 75 less "=?utf-8?q?" and "?=". */
const ROOM = 63;

function encode(text: string): string[] {
  const units = Array.from(text, (character) => ({
    character,
    quoted: quoted(character),
  }));
  const bytes = Buffer.byteLength(text);
  const quotedSize = units.reduce((sum, unit) => sum + unit.quoted.length, 0);
  const base64 = (bytes * 4) / 3 < quotedSize;
  const found: string[] = [];
  let word = "";
  let size = 0;
  const finish = () => {
    if (size === 0) return;
    const encoded = base64 ? Buffer.from(word).toString("base64") : word;
    found.push(`=?utf-8?${base64 ? "b" : "q"}?${encoded}?=`);
    word = "";
    size = 0;
  };
  for (const { character, quoted } of units) {
    const unit = base64 ? character : quoted;
    const length = base64 ? Buffer.byteLength(character) : quoted.length;
    if (size + length > (base64 ? Math.floor(ROOM / 4) * 3 : ROOM)) finish();
    word += unit;
    size += length;
  }
  finish();
  return found;
}

/** A character in Q encoding, with only what is allowed everywhere (RFC 2047 §5 rule 3). */
function quoted(character: string): string {
  if (/[A-Za-z0-9!*+/-]/.test(character)) return character;
  if (character === " ") return "_";
  let text = "";
  for (const byte of Buffer.from(character))
    text += `=${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  return text;
}
