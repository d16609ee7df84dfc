/**
 * Reads the words of a rule one by one; what is wrong is thrown as a sentence that tells the word
 * and what may stand there. Pure.
 */
import { oneLine } from "../../base/log.ts";
import { nearest } from "../../base/nearest.ts";
import type { Word } from "./words.ts";

/** Only the parser of a rule catches it. */
export class WrongWord extends Error {}

export class Reader {
  readonly #words: readonly Word[];
  #at = 0;

  constructor(words: readonly Word[]) {
    this.#words = words;
  }

  get isDone(): boolean {
    return this.#at >= this.#words.length;
  }

  /** Takes the next word where it is that one, not in quotes. */
  takes(text: string): boolean {
    const word = this.#words[this.#at];
    if (word?.quoted !== false || word.text !== text) return false;
    this.#at += 1;
    return true;
  }

  /** Takes the next word where it is in quotes; undefined where it is not. */
  quotedText(): string | undefined {
    const word = this.#words[this.#at];
    if (word?.quoted !== true) return undefined;
    this.#at += 1;
    return word.text;
  }

  /** @param what stands here, with its article */
  oneOf<const T extends readonly string[]>(names: T, what: string): T[number] {
    const word = this.#words[this.#at];
    const found = names.find((name) => !word?.quoted && name === word?.text);
    if (found === undefined) {
      const near = word && nearest(word.text, names);
      const meant = near === undefined ? "" : `; did you mean ${near}?`;
      this.refuse(`${what} must stand here: ${listed(names)}${meant}`);
    }
    this.#at += 1;
    return found as T[number];
  }

  /** Takes a word that `read` makes something of. @param usage what may stand here */
  value<T>(usage: string, read: (text: string) => T | undefined): T {
    const word = this.#words[this.#at];
    const found = word && read(word.text);
    if (found === undefined) this.refuse(`must be ${usage}`);
    this.#at += 1;
    return found as T;
  }

  must(text: string, usage: string): void {
    if (!this.takes(text)) this.refuse(`must be ${usage}`);
  }

  /** Throws what is wrong with the next word, or with the end where there is none. */
  refuse(why: string): never {
    const word = this.#words[this.#at];
    if (word) throw new WrongWord(`"${oneLine(word.text, 60)}": ${why}`);
    const last = this.#words[this.#at - 1];
    const where = last ? `behind "${oneLine(last.text, 60)}"` : "it is empty";
    throw new WrongWord(`${where}: ${why}`);
  }
}

function listed(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} or ${names.at(-1)}`;
}
