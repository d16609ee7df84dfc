/**
 * A set of keys in a few flat arrays outside of the heap, looked up by hash and compared by their
 * bytes: two keys with the same hash stay two. Memory is given back by `free`, not at some later
 * time. Pure.
 */
import { release } from "../../base/memory.ts";
import type { Key } from "./key.ts";

/** Share of the slots that may be taken before there are more of them. */
const LOAD = 0.75;
/** Bytes that an address takes at least, about: how many a text may hold. */
const ADDRESS = 28;

export class KeySet {
  /** How many there are. */
  size = 0;
  /** The number of the key that was added or found last, from 0 in the order of adding. */
  entry = -1;
  /** Bytes of all keys together. */
  length = 0;
  #text: Buffer;
  /** Where the key of an entry begins; it ends where the next one begins. */
  #starts: Uint32Array;
  /** For each slot two numbers, side by side in memory: an entry from 1 (0: none), and its hash. */
  #slots: Int32Array;

  /** @param text bytes of all keys that are to come, about; it grows beyond them */
  constructor(text: number) {
    const entries = Math.ceil(text / ADDRESS) + 16;
    this.#text = Buffer.allocUnsafeSlow(text + 1024);
    this.#starts = new Uint32Array(entries + 1);
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(entries / LOAD)) * 2);
  }

  /** True where it was not there. */
  add(key: Key): boolean {
    const slot = this.#slotOf(key);
    if (this.entry >= 0) return false;
    const { bytes, length, hash } = key;
    const end = this.length + length;
    if (end > this.#text.length) this.#growText(end);
    const text = this.#text;
    let to = this.length;
    for (let at = 0; at < length; at += 1) text[to++] = bytes[at] as number;
    this.entry = this.size;
    this.size += 1;
    this.length = end;
    if (this.size === this.#starts.length) this.#growStarts();
    this.#starts[this.size] = end;
    this.#slots[slot] = this.size;
    this.#slots[slot + 1] = hash;
    if (this.size * 2 > this.#slots.length * LOAD) this.#growSlots();
    return true;
  }

  has(key: Key): boolean {
    this.#slotOf(key);
    return this.entry >= 0;
  }

  /** The key of an entry, a character a byte: so text compares as its bytes do. */
  text(entry: number): string {
    return this.#text.toString(
      "latin1",
      this.#starts[entry] ?? 0,
      this.#starts[entry + 1] ?? 0,
    );
  }

  /** Gives the memory back; the set cannot be used any more. */
  free(): void {
    for (const array of [this.#text, this.#starts, this.#slots]) release(array);
  }

  /** Sets `entry`, -1 where there is none. @returns its slot, or the one that it would take */
  #slotOf(key: Key): number {
    const { hash, bytes, length } = key;
    const slots = this.#slots;
    const starts = this.#starts;
    const text = this.#text;
    const mask = slots.length - 1;
    for (let slot = (hash << 1) & mask; ; slot = (slot + 2) & mask) {
      const entry = (slots[slot] as number) - 1;
      if (entry >= 0) {
        if (slots[slot + 1] !== hash) continue;
        const start = starts[entry] as number;
        if ((starts[entry + 1] as number) - start !== length) continue;
        let at = 0;
        while (at < length && text[start + at] === bytes[at]) at += 1;
        if (at < length) continue;
      }
      this.entry = entry;
      return slot;
    }
  }

  #growText(wanted: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(wanted, this.length * 2));
    this.#text.copy(larger, 0, 0, this.length);
    release(this.#text);
    this.#text = larger;
  }

  #growStarts(): void {
    const larger = new Uint32Array(this.size * 2);
    larger.set(this.#starts);
    release(this.#starts);
    this.#starts = larger;
  }

  #growSlots(): void {
    const old = this.#slots;
    const slots = new Int32Array(old.length * 2);
    const mask = slots.length - 1;
    for (let from = 0; from < old.length; from += 2) {
      if (old[from] === 0) continue;
      const hash = old[from + 1] as number;
      let slot = (hash << 1) & mask;
      while (slots[slot] !== 0) slot = (slot + 2) & mask;
      slots[slot] = old[from] as number;
      slots[slot + 1] = hash;
    }
    release(old);
    this.#slots = slots;
  }
}
