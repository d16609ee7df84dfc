/**
 * What has been done of an entry already: lines appended and synced by the one node that holds it,
 * so that a retry or a takeover does the rest only. A last line that a crash tore is ignored.
 */
import {
  closeSync,
  fstatSync,
  fsync,
  ftruncateSync,
  openSync,
  readFileSync,
} from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { errnoOf } from "../base/errors.ts";
import { type Claim, fencedOr } from "./claim.ts";
import { writeAll } from "./durable.ts";

const sync = promisify(fsync);

export class Progress {
  readonly #claim: Claim;
  readonly #path: string;
  /** Bytes of whole lines; undefined before the file was looked at. */
  #whole: number | undefined;

  constructor(claim: Claim) {
    this.#claim = claim;
    this.#path = join(claim.path, "progress");
  }

  /** The whole lines so far. */
  lines(): string[] {
    try {
      const data = readFileSync(this.#path);
      this.#whole = data.lastIndexOf(10) + 1;
      const lines = data.toString("utf8", 0, this.#whole).split("\n");
      lines.pop();
      return lines;
    } catch (error) {
      if (errnoOf(error) !== "ENOENT") throw error;
      this.#whole = 0;
      return [];
    }
  }

  /** Adds lines and waits until they are on disk. Throws Fenced where the claim is gone. */
  async append(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    if (this.#whole === undefined) this.lines();
    const whole = this.#whole ?? 0;
    let fd: number;
    try {
      fd = openSync(this.#path, "a", 0o640);
    } catch (error) {
      throw fencedOr(error, this.#claim);
    }
    try {
      const data = Buffer.from(lines.map((line) => `${line}\n`).join(""));
      // What a crash or a full disk tore goes, or it would be read as a line one day.
      if (fstatSync(fd).size > whole) ftruncateSync(fd, whole);
      writeAll(fd, data);
      this.#whole = whole + data.length;
      await sync(fd);
    } finally {
      closeSync(fd);
    }
  }
}
