/**
 * A message's bytes in the form that goes over the line (RFC 5321 section 2.3.8): CRLF line ends,
 * the last line has one. A bare CR becomes a space, as Postfix does it: a receiver that took it for
 * a line end could be made to see the end of the message there. Pure; memory is one chunk.
 */
import { isUtf8 } from "node:buffer";

const CR = 13;
const LF = 10;
const SPACE = 32;
const DOT = 46;
/** Bytes of a header that are kept to see whether it is UTF-8. */
const HEADER_LIMIT = 256 * 1024;

/** Takes a message in chunks. What it tells of it is known after `end`. */
export class Canonical {
  /** Bytes given out. */
  size = 0;
  /** Lines that begin with a dot. */
  dots = 0;
  /** Whether some byte is above 127. */
  eightBit = false;
  /** Whether the header has bytes above 127, and they are UTF-8. */
  utf8Header = false;
  #lineStart = true;
  #heldCr = false;
  #header: Uint8Array[] | undefined = [];
  #headerSize = 0;
  #room = Buffer.alloc(0);

  /** @returns the bytes for those given, good until the next call */
  push(chunk: Uint8Array): Buffer {
    const most = 2 * chunk.length + 1;
    if (this.#room.length < most) this.#room = Buffer.allocUnsafeSlow(most);
    const out = this.#room;
    let to = 0;
    let bits = 0;
    let lineStart = this.#lineStart;
    let heldCr = this.#heldCr;
    let headerEnd = -1;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] as number;
      if (byte === LF) {
        if (lineStart && headerEnd < 0) headerEnd = to;
        out[to++] = CR;
        out[to++] = LF;
        lineStart = true;
        heldCr = false;
        continue;
      }
      if (heldCr) {
        out[to++] = SPACE;
        lineStart = false;
        heldCr = false;
      }
      if (byte === CR) {
        heldCr = true;
        continue;
      }
      if (lineStart && byte === DOT) this.dots += 1;
      lineStart = false;
      bits |= byte;
      out[to++] = byte;
    }
    this.#lineStart = lineStart;
    this.#heldCr = heldCr;
    if (bits > 127) this.eightBit = true;
    this.size += to;
    const made = out.subarray(0, to);
    if (this.#header !== undefined) this.#readHeader(made, headerEnd);
    return made;
  }

  /** @returns the bytes that are left */
  end(): Buffer {
    const left = [];
    if (this.#heldCr) left.push(SPACE);
    if (this.#heldCr || !this.#lineStart) left.push(CR, LF);
    this.#heldCr = false;
    this.#lineStart = true;
    this.size += left.length;
    const made = Buffer.from(left);
    if (this.#header !== undefined) this.#readHeader(made, made.length);
    return made;
  }

  #readHeader(made: Buffer, end: number): void {
    const header = this.#header ?? [];
    const part = end < 0 ? made : made.subarray(0, end);
    header.push(Buffer.from(part));
    this.#headerSize += part.length;
    if (end < 0 && this.#headerSize <= HEADER_LIMIT) return;
    this.#header = undefined;
    const whole = header.length === 1 ? part : Buffer.concat(header);
    this.utf8Header = this.eightBit && !isAscii(whole) && isUtf8(whole);
  }
}

function isAscii(bytes: Uint8Array): boolean {
  for (const byte of bytes) if (byte > 127) return false;
  return true;
}

/** Puts a dot before each line that begins with one (RFC 5321 section 4.5.2), chunk by chunk. */
export class DotStuffing {
  #lineStart = true;
  #room = Buffer.alloc(0);

  /** @returns the bytes, good until the next call; the very chunk where there is nothing to do */
  push(chunk: Uint8Array): Uint8Array {
    const places: number[] = [];
    for (let at = chunk.indexOf(DOT); at >= 0; at = chunk.indexOf(DOT, at + 1))
      if (at === 0 ? this.#lineStart : chunk[at - 1] === LF) places.push(at);
    if (chunk.length > 0) this.#lineStart = chunk[chunk.length - 1] === LF;
    if (places.length === 0) return chunk;
    const size = chunk.length + places.length;
    if (this.#room.length < size) this.#room = Buffer.allocUnsafeSlow(size);
    const out = this.#room;
    let from = 0;
    let to = 0;
    for (const at of places) {
      out.set(chunk.subarray(from, at), to);
      to += at - from;
      out[to++] = DOT;
      from = at;
    }
    out.set(chunk.subarray(from), to);
    return out.subarray(0, size);
  }
}
