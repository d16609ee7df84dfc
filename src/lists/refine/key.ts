/**
 * What two spellings of an address have in common, as bytes with a hash. Pure, but for the seed:
 * it is random, so nobody can write addresses that all get the same hash.
 */
import { randomBytes } from "node:crypto";

/**
 * What is compared without case: nothing, the domain (RFC 5321 §2.4), or all of an address; or the
 * key is the domain alone.
 */
export type Sameness = "bytes" | "exact" | "any-case" | "domain";

/** Bits of a hash. */
export const HASH = 30;

const AT = 64;
const SEED = randomBytes(4).readUInt32LE();

/** The key of the line that was read last; one object is used for a whole file. */
export class Key {
  readonly sameness: Sameness;
  bytes = Buffer.allocUnsafeSlow(1024);
  length = 0;
  /** Of HASH bits: small enough never to be a number on the heap. */
  hash = 0;
  readonly #text = Buffer.alloc(512);

  constructor(sameness: Sameness) {
    this.sameness = sameness;
  }

  /** Reads the line in the bytes `from` to `to`, its line end not among them. */
  read(line: Buffer, from: number, to: number): void {
    const size = to - from;
    if (size > this.bytes.length)
      this.bytes = Buffer.allocUnsafeSlow(2 ** Math.ceil(Math.log2(size + 1)));
    const lower = this.#lowerFrom(line, from, to);
    const start = this.sameness === "domain" ? Math.min(lower + 1, to) : from;
    const { bytes } = this;
    let hash = SEED;
    let length = 0;
    let high = 0;
    for (let at = start; at < to; at += 1) {
      let byte = line[at] as number;
      if (at >= lower) {
        if (byte >= 65 && byte <= 90) byte += 32;
        high |= byte;
      }
      bytes[length++] = byte;
      hash = Math.imul(hash ^ byte, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    this.length = length;
    this.hash = mixed(hash);
    if (high >= 128) this.#readText(line, start, to, lower);
  }

  /** The same for text. */
  readText(text: string): void {
    const size = this.#text.write(text);
    const whole = size < this.#text.length - 4;
    const line = whole ? this.#text : Buffer.from(text);
    this.read(line, 0, whole ? size : line.length);
  }

  equals({ bytes, length, hash }: Key): boolean {
    if (hash !== this.hash || length !== this.length) return false;
    for (let at = 0; at < length; at += 1)
      if (bytes[at] !== this.bytes[at]) return false;
    return true;
  }

  /** A character a byte, so that text compares as bytes do. */
  text(): string {
    return this.bytes.toString("latin1", 0, this.length);
  }

  /** From where on case does not count: the `@`, without one the end. */
  #lowerFrom(line: Buffer, from: number, to: number): number {
    if (this.sameness === "bytes") return to;
    if (this.sameness === "any-case") return from;
    for (let at = to - 1; at >= from; at -= 1) if (line[at] === AT) return at;
    return to;
  }

  /** Beyond ASCII only strings know what lower case is. */
  #readText(line: Buffer, start: number, to: number, lower: number): void {
    const split = Math.max(lower, start);
    const text = line.toString("utf8", split, to);
    // What is no UTF-8 stays as it is: else different bytes would become the same.
    if (text.includes("\ufffd")) return;
    const head = line.subarray(start, split);
    const key = Buffer.concat([head, Buffer.from(text.toLowerCase())]);
    if (key.length > this.bytes.length)
      this.bytes = Buffer.allocUnsafeSlow(key.length * 2);
    key.copy(this.bytes);
    this.length = key.length;
    let hash = SEED;
    for (const byte of key) {
      hash = Math.imul(hash ^ byte, 0x9e3779b1);
      hash ^= hash >>> 15;
    }
    this.hash = mixed(hash);
  }
}

/** Every bit of the hash depends on every bit of what went in. */
function mixed(hash: number): number {
  let h = hash;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 2;
}
