/**
 * Lines of a footer of a recipient's own, ready for the wire: CRLF, encoded as the part that they
 * stand in, none of more than 998 octets. Pure.
 */
import { filledIn, type Part, type Words } from "../../lists/braces.ts";
import { encodeQuotedPrintable } from "../../mail/transferEncoding.ts";

/** Octets of a line; RFC 5322 §2.1.1 allows 998, and a dot may be stuffed. */
export const LONGEST = 990;

export interface Lines {
  readonly bytes: Buffer;
  /** Some byte is above 127. */
  readonly eightBit: boolean;
}

/** Makes the lines of each recipient. @param quoted in quoted-printable */
export function linesOf(
  parts: readonly Part[],
  quoted: boolean,
): (words: Words) => Lines {
  if (quoted)
    return (words) => {
      const text = Buffer.from(filledIn(parts, words));
      return { bytes: encodeQuotedPrintable(text, "\r\n"), eightBit: false };
    };
  const ready = parts.map((part) =>
    "text" in part ? { text: part.text.replaceAll("\n", "\r\n") } : part,
  );
  return (words) => {
    const text = filledIn(ready, words);
    const bytes = Buffer.from(text);
    return {
      bytes: bytes.length <= LONGEST ? bytes : broken(bytes),
      eightBit: bytes.length > text.length,
    };
  };
}

/** Lines that are too long, broken at a blank or else between characters. */
function broken(text: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf(10, at) + 1 || text.length;
    while (end - at > LONGEST) {
      const cut = cutIn(text, at, at + LONGEST - 2);
      parts.push(text.subarray(at, cut), Buffer.from("\r\n"));
      at = cut;
    }
    parts.push(text.subarray(at, end));
    at = end;
  }
  return Buffer.concat(parts);
}

/** Behind the last blank, or else before a character. */
function cutIn(text: Buffer, from: number, to: number): number {
  const blank = text.lastIndexOf(32, to - 1);
  if (blank > from) return blank + 1;
  let cut = to;
  while (((text[cut] ?? 0) & 0xc0) === 0x80) cut -= 1;
  return cut;
}
