/**
 * Files of texts, remembered and checked by a stat at each question. A file that cannot be read or
 * used is a problem, never an error: mail goes on without it.
 */
import { readFileSync, statSync } from "node:fs";
import { messageOf } from "../../base/errors.ts";
import { Fresh } from "../fresh.ts";
import type { TextName } from "./catalogue.ts";
import { type Problem, readTemplate, type Template } from "./template.ts";

/** What a file holds. */
export interface TextFile {
  /** Undefined where it cannot be used. */
  readonly template?: Template;
  readonly problems: readonly Problem[];
}

/** Bytes of a file that is read at all. */
const LARGEST = 64 * 1024;
const REMEMBERED = 5000;

export class TextFiles {
  readonly #known = new Map<string, Fresh<TextFile>>();
  readonly #told = new Map<string, string>();

  /** The text in a file, undefined where there is none. */
  get(file: string, name: TextName): TextFile | undefined {
    const known = this.#known.get(file) ?? fresh(file, name);
    try {
      const found = known.get();
      // What is not there is not remembered: any list and language may be asked for.
      if (found === undefined) this.#known.delete(file);
      else remember(this.#known, file, known);
      return found;
    } catch (error) {
      return unusable(messageOf(error));
    }
  }

  /** Whether what is wrong with a file has not been told yet. */
  isNews(file: string, what: string): boolean {
    if (this.#told.get(file) === what) return false;
    remember(this.#told, file, what);
    return true;
  }
}

function remember<T>(map: Map<string, T>, key: string, value: T): void {
  map.set(key, value);
  const oldest = map.keys().next().value;
  if (map.size > REMEMBERED && oldest !== undefined) map.delete(oldest);
}

function fresh(file: string, name: TextName): Fresh<TextFile> {
  return new Fresh(file, () => {
    const stat = statSync(file, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    const what = !stat.isFile()
      ? "it is not a file"
      : stat.size > LARGEST
        ? `it is larger than ${LARGEST / 1024} KB`
        : undefined;
    if (what !== undefined)
      return { content: what, make: () => unusable(what) };
    const bytes = readFileSync(file);
    return {
      content: bytes.toString("latin1"),
      make: () => readTemplate(name, bytes),
    };
  });
}

function unusable(what: string): TextFile {
  return { problems: [{ line: 1, what, broken: true }] };
}
