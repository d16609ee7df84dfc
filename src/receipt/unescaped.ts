/**
 * Bytes out of application/x-www-form-urlencoded: "+" is a blank, %41 an A; an escape may begin in one chunk
 * and end in another. Pure.
 */

const PERCENT = 37;
const PLUS = 43;
const BLANK = 32;

/** One field, as it comes. */
export class Unescaped {
  /** The beginning of what may be an escape, two bytes at most. */
  #held: Buffer = Buffer.alloc(0);

  take(bytes: Buffer): Buffer {
    const from =
      this.#held.length > 0 ? Buffer.concat([this.#held, bytes]) : bytes;
    const to = Buffer.allocUnsafe(from.length);
    let size = 0;
    let at = 0;
    for (; at < from.length; at += 1) {
      const byte = from[at] ?? 0;
      if (byte !== PERCENT) to[size++] = byte === PLUS ? BLANK : byte;
      else if (at + 2 >= from.length) break;
      else {
        const value = byteOf(from[at + 1] ?? 0, from[at + 2] ?? 0);
        to[size++] = value < 0 ? PERCENT : value;
        if (value >= 0) at += 2;
      }
    }
    this.#held = Buffer.from(from.subarray(at));
    return to.subarray(0, size);
  }

  /** What is left when the field ends: it is no escape. */
  rest(): Buffer {
    const left = this.#held.map((byte) => (byte === PLUS ? BLANK : byte));
    this.#held = Buffer.alloc(0);
    return Buffer.from(left);
  }
}

/** -1 where they are no two digits of hex. */
function byteOf(high: number, low: number): number {
  const [upper, lower] = [digitOf(high), digitOf(low)];
  return upper < 0 || lower < 0 ? -1 : upper * 16 + lower;
}

function digitOf(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
