/**
 * Base32, RFC 4648 §6, in lower case and without padding: bytes that survive an address whose case
 * somebody changes. Each text stands for one row of bytes and no two texts, but for their case,
 * for the same. Pure.
 */

const ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

export function toBase32(bytes: Uint8Array): string {
  let text = "";
  let bits = 0;
  let held = 0;
  for (const byte of bytes) {
    held = ((held & 31) << 8) | byte;
    for (bits += 8; bits >= 5; bits -= 5)
      text += ALPHABET[(held >>> (bits - 5)) & 31];
  }
  return bits === 0 ? text : text + ALPHABET[(held << (5 - bits)) & 31];
}

/** The bytes; undefined where the text is none that `toBase32` writes, in any case. */
export function fromBase32(text: string): Buffer | undefined {
  const bytes = Buffer.alloc(Math.floor((text.length * 5) / 8));
  let size = 0;
  let bits = 0;
  let held = 0;
  for (let at = 0; at < text.length; at += 1) {
    const digit = digitOf(text.charCodeAt(at));
    if (digit < 0) return undefined;
    held = ((held << 5) | digit) & 0xfff;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[size++] = held >>> bits;
  }
  // What is left over is less than a character, and zero.
  return bits < 5 && (held & ((1 << bits) - 1)) === 0 ? bytes : undefined;
}

function digitOf(code: number): number {
  const letter = code | 32;
  if (letter >= 97 && letter <= 122) return letter - 97;
  return code >= 50 && code <= 55 ? code - 24 : -1;
}
