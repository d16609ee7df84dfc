/**
 * The distribution list of an entry while hooks make it: a file in its `work/` folder, so that a
 * list of millions costs no memory. Thrown away after a crash.
 */
import { closeSync, fstatSync, openSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { messageOf } from "../base/errors.ts";
import { pagesOfFile } from "../base/lines.ts";
import { chunks } from "../base/pieces.ts";
import { type Claim, workOf } from "../spool/claim.ts";
import { writeAll } from "../spool/durable.ts";
import { type Addresses, type Answer, oneByOne } from "./question.ts";

/** Characters that are collected before they are written. */
const BUFFER = 60_000;

/** A part of a file of addresses that one hook gave. */
export interface Given {
  readonly hook: string;
  readonly file: string;
  /** Bytes. */
  readonly start: number;
  readonly end: number;
}

export class Distribution {
  readonly #claim: Claim;
  #file: string | undefined;
  #versions = 0;
  readonly #given: Given[] = [];
  #asOf: number | undefined;

  constructor(claim: Claim) {
    this.#claim = claim;
  }

  /** Which hook gave what, before any hook changed it. */
  get given(): readonly Given[] {
    return this.#given;
  }

  /** As of which change members were read; undefined where none were. */
  get asOf(): number | undefined {
    return this.#asOf;
  }

  /** The list, one address a line; undefined as long as no hook has given any. */
  get file(): string | undefined {
    return this.#file;
  }

  addresses(): AsyncIterable<string> {
    return this.#file ? oneByOne(pagesOfFile(this.#file)) : nothing();
  }

  /** The list is there from now on, if only without anyone on it. */
  begin(): void {
    if (this.#file) return;
    this.#file = this.#newFile();
    closeSync(openSync(this.#file, "a", 0o640));
  }

  /**
   * Takes a hook's addresses behind those that are there, or in their place.
   * @param hook the path of the hook that gave them
   * @param timeout milliseconds in which all must have come
   * @returns why it could not be done; undefined where it is done
   */
  async take(
    answer: Answer,
    how: "append" | "replace",
    hook: string,
    timeout: number,
  ): Promise<string | undefined> {
    const { file, lines, asOf } = answer;
    if (asOf !== undefined) this.#asOf = asOf;
    if (file === undefined || !this.#isOurs(file))
      return (
        lines &&
        withinTime((signal) => this.#collect(lines, how, hook, signal), timeout)
      );
    try {
      await this.#adopt(file, how, hook);
    } catch (error) {
      return messageOf(error);
    }
  }

  /** A file that a hook wrote for it is the list, or goes behind it, as it is. */
  async #adopt(
    file: string,
    how: "append" | "replace",
    hook: string,
  ): Promise<void> {
    const { size } = statSync(file);
    if (how === "replace" || !this.#file) {
      this.#file = file;
      if (how === "append")
        this.#given.push({ hook, file, start: 0, end: size });
      return;
    }
    const list = this.#file;
    const fd = openSync(list, "a", 0o640);
    try {
      const start = fstatSync(fd).size;
      for await (const chunk of chunks([{ path: file, start: 0, end: size }]))
        writeAll(fd, chunk);
      this.#given.push({ hook, file: list, start, end: start + size });
    } finally {
      closeSync(fd);
    }
  }

  /** The same for addresses that come one by one or many at once. */
  async #collect(
    lines: AsyncIterable<Addresses>,
    how: "append" | "replace",
    hook: string,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const file = how === "append" && this.#file ? this.#file : this.#newFile();
    const fd = openSync(file, "a", 0o640);
    const start = fstatSync(fd).size;
    try {
      await writeLines(fd, lines, signal);
      if (how === "append")
        this.#given.push({ hook, file, start, end: fstatSync(fd).size });
    } catch (error) {
      return messageOf(error);
    } finally {
      closeSync(fd);
    }
    this.#file = file;
    return undefined;
  }

  #newFile(): string {
    this.#versions += 1;
    return join(workOf(this.#claim), `recipients.${this.#versions}`);
  }

  /** Whether a file lies where hooks may leave some, and goes with the entry. */
  #isOurs(file: string): boolean {
    return dirname(resolve(file)) === resolve(workOf(this.#claim));
  }
}

/** The reason it gives, or that it took too long. @param timeout milliseconds */
async function withinTime(
  work: (signal: AbortSignal) => Promise<string | undefined>,
  timeout: number,
): Promise<string | undefined> {
  const late = Promise.withResolvers<string>();
  const reason = `not all of its addresses within ${timeout / 1000} s`;
  const ending = new AbortController();
  const timer = setTimeout(() => {
    ending.abort();
    late.resolve(reason);
  }, timeout);
  try {
    return await Promise.race([work(ending.signal), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

/** Writes addresses an address a line, without what is blank. */
async function writeLines(
  fd: number,
  lines: AsyncIterable<Addresses>,
  signal: AbortSignal,
): Promise<void> {
  let buffer = "";
  for await (const some of lines) {
    // To leave the loop closes what the hook has open.
    signal.throwIfAborted();
    buffer += typeof some === "string" ? oneLine(some) : manyLines(some);
    if (buffer.length < BUFFER) continue;
    writeAll(fd, Buffer.from(buffer));
    buffer = "";
  }
  writeAll(fd, Buffer.from(buffer));
}

function oneLine(line: string): string {
  const address = line.trim();
  return address && `${address}\n`;
}

/** Looked at as one text first: most rows need nothing done to their addresses. */
function manyLines(addresses: readonly string[]): string {
  const text = `${addresses.join("\n")}\n`;
  const isClean = !/[^\S\n]|\n\n/.test(text) && !text.startsWith("\n");
  return isClean ? text : addresses.map(oneLine).join("");
}

async function* nothing(): AsyncGenerator<never> {}
