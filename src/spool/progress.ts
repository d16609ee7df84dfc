/**
 * What has been done of an entry already: lines appended and synced by the one node that holds it,
 * so that a retry or a takeover does the rest only. A last line that a crash tore is ignored.
 */
import { closeSync, fsync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { errnoOf } from "../base/errors.ts";
import { type Claim, fencedOr } from "./claim.ts";
import { writeAll } from "./durable.ts";

const sync = promisify(fsync);

export class Progress {
  readonly #claim: Claim;
  readonly #path: string;
  #torn = false;

  constructor(claim: Claim) {
    this.#claim = claim;
    this.#path = join(claim.path, "progress");
  }

  /** The whole lines so far. */
  lines(): string[] {
    try {
      const lines = readFileSync(this.#path, "utf8").split("\n");
      this.#torn = lines.pop() !== "";
      return lines;
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return [];
      throw error;
    }
  }

  /** Adds lines and waits until they are on disk. Throws Fenced where the claim is gone. */
  async append(lines: readonly string[]): Promise<void> {
    if (lines.length === 0) return;
    let fd: number;
    try {
      fd = openSync(this.#path, "a", 0o640);
    } catch (error) {
      throw fencedOr(error, this.#claim);
    }
    try {
      const text = lines.map((line) => `${line}\n`).join("");
      writeAll(fd, Buffer.from(this.#torn ? `\n${text}` : text));
      this.#torn = false;
      await sync(fd);
    } finally {
      closeSync(fd);
    }
  }
}
