/**
 * What of a list has been taken: files with a line each. Only who has locked the list's folder writes. A
 * line that a crash has cut counts for nothing.
 *
 *     <folder>/17        17000 MFRA3ZYSJQ…      posts 17000 to 17999: number and identity
 */
import { closeSync, fsyncSync, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "../base/errors.ts";
import { makeFolder, syncPath, writeAll } from "../spool/durable.ts";
import type { Post } from "./asked.ts";

/** A line, and the file that it stands in. */
export interface Mark {
  readonly shelf: string;
  readonly line: string;
}

/** A post by its number, and who it is. */
export function numbered({
  number,
  identity,
}: Pick<Post, "number" | "identity">): Mark {
  return {
    shelf: String(Math.floor(number / 1000)),
    line: `${number} ${identity}`,
  };
}

/** A post by its identity alone, letters and digits; files get a thousandth each. */
export function known({ identity }: Pick<Post, "identity">): Mark {
  return { shelf: identity.slice(0, 2).toLowerCase(), line: identity };
}

export class Ledger {
  readonly #folder: string;

  /** @param folder made where it is missing */
  constructor(folder: string) {
    this.#folder = folder;
  }

  has(mark: Mark): boolean {
    return this.#text(mark).split("\n").includes(mark.line);
  }

  /** Notes it, once; on disk when this returns. */
  async add(mark: Mark): Promise<void> {
    const text = this.#text(mark);
    if (text.split("\n").includes(mark.line)) return;
    if (text === "") await makeFolder(this.#folder);
    const cut = text !== "" && !text.endsWith("\n") ? "\n" : "";
    const fd = openSync(join(this.#folder, mark.shelf), "a", 0o640);
    try {
      writeAll(fd, Buffer.from(`${cut}${mark.line}\n`));
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    if (text === "") await syncPath(this.#folder);
  }

  #text({ shelf }: Mark): string {
    try {
      return readFileSync(join(this.#folder, shelf), "latin1");
    } catch (error) {
      if (errnoOf(error) === "ENOENT") return "";
      throw error;
    }
  }
}
