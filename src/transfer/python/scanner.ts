/**
 * A place in a text, for parsers: what is next, and the line of what is wrong. Pure.
 */
import { exit, Failure } from "../../base/errors.ts";
import { oneLine } from "../../base/log.ts";

export class Scanner {
  readonly #text: string;
  readonly #file: string;
  #at = 0;

  /** @param file its name in errors */
  constructor(text: string, file: string) {
    this.#text = text;
    this.#file = file;
  }

  get done(): boolean {
    return this.#at >= this.#text.length;
  }

  get next(): string {
    return this.#text[this.#at] ?? "";
  }

  skip(count: number): void {
    this.#at += count;
  }

  take(sign: string): boolean {
    if (!this.#text.startsWith(sign, this.#at)) return false;
    this.#at += sign.length;
    return true;
  }

  /** @param pattern sticky @returns what fits here, passed over */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  /** Passes over white space and comments. */
  blank(): void {
    for (;;) {
      const code = this.#text.charCodeAt(this.#at);
      if (code === 35) {
        const end = this.#text.indexOf("\n", this.#at);
        this.#at = end < 0 ? this.#text.length : end;
      } else if (code <= 32 || code === 0xfeff) this.#at += 1;
      else if (
        code === 92 &&
        /^\\\r?\n/.test(this.#text.slice(this.#at, this.#at + 3))
      )
        this.#at += 2;
      else return;
    }
  }

  /** Where it stands, `file:line`. */
  place(): string {
    let line = 1;
    for (let at = this.#text.indexOf("\n"); at >= 0 && at < this.#at; line += 1)
      at = this.#text.indexOf("\n", at + 1);
    return `${this.#file}:${line}`;
  }

  /** What stands here, for an error. */
  near(): string {
    return oneLine(this.#text.slice(this.#at, this.#at + 40), 40);
  }

  wrong(what: string): Failure {
    return new Failure(exit.dataError, `${this.place()}: ${what}`);
  }
}
