/**
 * The distribution list of an entry while hooks make it: a file in its `work/` folder, so that a
 * list of millions costs no memory. Thrown away after a crash.
 */
import { closeSync, fstatSync, openSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../base/errors.ts";
import { linesOfFile } from "../base/lines.ts";
import { type Claim, workOf } from "../spool/claim.ts";
import { writeAll } from "../spool/durable.ts";

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

  constructor(claim: Claim) {
    this.#claim = claim;
  }

  /** Which hook gave what, before any hook changed it. */
  get given(): readonly Given[] {
    return this.#given;
  }

  /** The list, one address a line; undefined as long as no hook has given any. */
  get file(): string | undefined {
    return this.#file;
  }

  addresses(): AsyncIterable<string> {
    return this.#file ? linesOfFile(this.#file) : nothing();
  }

  /**
   * Writes addresses behind those that are there, or in their place.
   * @param hook the path of the hook that gave them
   * @returns why it could not be done; undefined where it is done
   */
  async collect(
    lines: AsyncIterable<string>,
    how: "append" | "replace",
    hook: string,
  ): Promise<string | undefined> {
    const work = workOf(this.#claim);
    if (how === "replace" || !this.#file) this.#versions += 1;
    const file = join(work, `recipients.${this.#versions}`);
    const fd = openSync(file, "a", 0o640);
    const start = fstatSync(fd).size;
    try {
      let buffer = "";
      for await (const line of lines) {
        const address = line.trim();
        if (!address) continue;
        buffer += `${address}\n`;
        if (buffer.length < BUFFER) continue;
        writeAll(fd, Buffer.from(buffer));
        buffer = "";
      }
      writeAll(fd, Buffer.from(buffer));
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
}

async function* nothing(): AsyncGenerator<never> {}
