/**
 * Leaves keys out of a list: addresses, compared without case, and whole domains. They are added
 * before the list is shaken; if there are very many, some at a time.
 */
import { type Filtered, filtered } from "./filter.ts";
import { Key } from "./key.ts";
import { KeySet } from "./keySet.ts";

export class Sieve {
  readonly #addresses: KeySet;
  readonly #domains = new KeySet(0);
  readonly #address = new Key("any-case");
  readonly #domain = new Key("domain");

  /** @param text bytes that are to be added, about */
  constructor(text = 0) {
    this.#addresses = new KeySet(text);
  }

  /** Bytes that were added. */
  get length(): number {
    return this.#addresses.length + this.#domains.length;
  }

  /** @param key an address in lower case, or "@domain" */
  add(key: string): void {
    const [read, set] = key.startsWith("@")
      ? [this.#domain, this.#domains]
      : [this.#address, this.#addresses];
    read.readText(key);
    set.add(read);
  }

  /** Writes what of a list is left to a new file. */
  shaken(from: string, to: string): Promise<Filtered> {
    const hasDomains = this.#domains.size > 0;
    return filtered(from, to, (block, start, end) => {
      this.#address.read(block, start, end);
      if (this.#addresses.has(this.#address)) return false;
      if (!hasDomains) return true;
      this.#domain.read(block, start, end);
      return !this.#domains.has(this.#domain);
    });
  }

  /** Gives its memory back; it cannot be used any more. */
  free(): void {
    this.#addresses.free();
    this.#domains.free();
  }
}
