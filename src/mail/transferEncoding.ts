/**
 * Quoted-printable, RFC 2045 §6.7, of bytes in memory. Pure.
 */

const HEX = Buffer.from("0123456789ABCDEF");
/** Longest line, without its line end and the `=` of a soft line break. */
const WIDTH = 75;

/**
 * Encodes text line by line; LF is the line end that counts, and is written as `eol`.
 * @param text bytes with LF line ends; every other control character but TAB is encoded
 */
export function encodeQuotedPrintable(text: Uint8Array, eol = "\n"): Buffer {
  const end = Buffer.from(eol);
  const breaks = Math.ceil((text.length * 3) / (WIDTH - 2)) + 1;
  const out = Buffer.allocUnsafe(text.length * 3 + breaks * (1 + end.length));
  let size = 0;
  let column = 0;
  const lineEnd = () => {
    size += end.copy(out, size);
    column = 0;
  };
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] ?? 0;
    if (byte === 10) {
      lineEnd();
      continue;
    }
    const next = text[at + 1];
    const blank = byte === 32 || byte === 9;
    const plain = blank
      ? next !== 10 && next !== undefined
      : byte > 32 && byte < 127 && byte !== 61;
    if (column + (plain ? 1 : 3) > WIDTH) {
      out[size++] = 61;
      lineEnd();
    }
    if (plain) out[size++] = byte;
    else {
      out[size++] = 61;
      out[size++] = HEX[byte >> 4] ?? 0;
      out[size++] = HEX[byte & 15] ?? 0;
    }
    column += plain ? 1 : 3;
  }
  return out.subarray(0, size);
}

/** Decodes leniently: what is no escape stays as it is, blanks before a line end stay too. */
export function decodeQuotedPrintable(encoded: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(encoded.length);
  let size = 0;
  for (let at = 0; at < encoded.length; at++) {
    const byte = encoded[at] ?? 0;
    if (byte !== 61) {
      out[size++] = byte;
      continue;
    }
    const high = digit(encoded[at + 1]);
    const low = digit(encoded[at + 2]);
    if (high >= 0 && low >= 0) {
      out[size++] = high * 16 + low;
      at += 2;
    } else if (encoded[at + 1] === 10) at += 1;
    else if (encoded[at + 1] === 13 && encoded[at + 2] === 10) at += 2;
    else out[size++] = byte;
  }
  return out.subarray(0, size);
}

function digit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte & 0xdf;
  return letter >= 65 && letter <= 70 ? letter - 55 : -1;
}
