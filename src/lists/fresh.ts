/**
 * Something made of a file or folder, made again when that has changed: one stat a question.
 * Two changes within a tick of the file system's clock look alike in a stat, so what changed a
 * moment ago is read again, and made again only where it says something else.
 */
import { statSync } from "node:fs";
import { stopwatch } from "../base/clock.ts";

/** Milliseconds, by this process's own clock, until what was read is trusted. */
const SETTLED = 1000;
const elapsed = stopwatch();

/** What was read, and how to make something of it. */
export interface Reading<T> {
  readonly content: string;
  readonly make: () => T;
}

export class Fresh<T> {
  readonly #path: string;
  readonly #read: () => Reading<T> | undefined;
  #stamp = "";
  #since = 0;
  #settled = false;
  #content: string | undefined;
  #made: { value: T } | { error: unknown } | undefined;

  /** @param read reads the file or folder; undefined where it is gone meanwhile */
  constructor(path: string, read: () => Reading<T> | undefined) {
    this.#path = path;
    this.#read = read;
  }

  /** The current one, undefined where there is no such file. Throws what making it threw. */
  get(): T | undefined {
    const stat = statSync(this.#path, { throwIfNoEntry: false });
    if (stat === undefined) {
      this.forget();
      return undefined;
    }
    const stamp = `${stat.mtimeMs} ${stat.ctimeMs} ${stat.size} ${stat.ino}`;
    if (stamp !== this.#stamp || !this.#settled) this.#renew(stamp);
    if (this.#made === undefined) return undefined;
    if ("error" in this.#made) throw this.#made.error;
    return this.#made.value;
  }

  /** Reads again at the next question. */
  forget(): void {
    this.#stamp = "";
    this.#made = undefined;
    this.#content = undefined;
  }

  #renew(stamp: string): void {
    const now = elapsed() * 1000;
    if (stamp !== this.#stamp) {
      this.#stamp = stamp;
      this.#since = now;
      this.#settled = false;
    }
    const reading = this.#read();
    // Not before: what could not be read is read again at the next question.
    this.#settled = now - this.#since > SETTLED;
    if (reading === undefined) this.#made = undefined;
    else if (this.#made === undefined || reading.content !== this.#content)
      this.#made = outcome(reading.make);
    this.#content = reading?.content;
  }
}

function outcome<T>(make: () => T): { value: T } | { error: unknown } {
  try {
    return { value: make() };
  } catch (error) {
    return { error };
  }
}
