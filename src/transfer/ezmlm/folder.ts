/**
 * The folder of a list of ezmlm-idx: files that are settings, address databases in 53 files each,
 * and the switches of ezmlm-make, which older versions keep in `config` and newer ones in `flags`.
 */
import { createReadStream } from "node:fs";
import { join } from "node:path";
import { exit, Failure } from "../../base/errors.ts";
import { isFile } from "../../base/files.ts";
import { namesIn, smallText } from "../files.ts";
import type { Person } from "../kinds.ts";
import { decoded } from "../texts.ts";

/** Most bytes of an address. */
const ADDRESS = 1024;

export class Folder {
  readonly dir: string;
  readonly #texts: ReadonlyMap<string, string>;
  readonly #flags: string;
  readonly #config: ReadonlyMap<string, string>;

  /** @param texts the small files in it */
  constructor(dir: string, texts: ReadonlyMap<string, string>) {
    this.dir = dir;
    this.#texts = texts;
    const config = new Map<string, string>();
    for (const line of (texts.get("config") ?? "").split("\n")) {
      const [, key = "", value = ""] = /^(\w):(.*)$/.exec(line) ?? [];
      if (key) config.set(key, value.trim());
    }
    this.#config = config;
    this.#flags = texts.get("flags") ?? config.get("F") ?? "";
  }

  /** Those in the folder itself. */
  names(): string[] {
    return [...this.#texts.keys()].filter((name) => !name.includes("/"));
  }

  has(name: string): boolean {
    return this.#texts.has(name);
  }

  first(name: string): string {
    return (this.#texts.get(name) ?? "").split("\n")[0]?.trim() ?? "";
  }

  text(name: string): string {
    return this.#texts.get(name) ?? "";
  }

  lines(name: string): string[] {
    return this.text(name)
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "" && !line.startsWith("#"));
  }

  /** What `config` of an older version says: "L" the local part, "H" the host, "5" the owner. */
  config(key: string): string {
    return this.#config.get(key) ?? "";
  }

  /** The letters with which ezmlm-make was called, small ones for what is on. */
  letters(): string[] {
    return [...this.#flags.replace(/[^A-Za-z0-9]/g, "")];
  }

  /**
   * Whether something is on. From version 5 on the file tells it, whatever ezmlm-make was called
   * with; before that the letters do.
   */
  on(letter: string, file: string): boolean {
    if (this.has(file)) return true;
    return !this.has("flags") && this.#flags.includes(letter);
  }
}

/** Reads the small files of a list. */
export async function folderOf(dir: string): Promise<Folder> {
  const texts = new Map<string, string>();
  for (const name of namesIn(dir)) {
    if (/^\.|~$/.test(name) || !isFile(join(dir, name))) continue;
    const big = ["Log", "Mailbox", "key"].includes(name);
    texts.set(name, big ? "" : ((await smallText(join(dir, name))) ?? ""));
  }
  const trailer = await smallText(join(dir, "text/trailer"));
  if (trailer !== undefined) texts.set("text/trailer", trailer);
  return new Folder(dir, texts);
}

/**
 * The addresses of a database: subscribers/@ to subscribers/t below a folder.
 * Throws a Failure where a record is not "T", an address and a NUL.
 */
export async function* addresses(folder: string): AsyncGenerator<Person> {
  for (let hash = 0; hash < 53; hash += 1) {
    const file = join(folder, "subscribers", String.fromCharCode(64 + hash));
    if (!isFile(file)) continue;
    let number = 0;
    for await (const record of records(file)) {
      number += 1;
      const where = `${file}: record ${number}`;
      if (record[0] !== 84)
        throw new Failure(
          exit.dataError,
          `${where}: does not begin with "T"; is it a file of ezmlm?`,
        );
      yield { address: decoded(record.subarray(1)), where };
    }
  }
}

async function* records(file: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    const data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let from = 0;
    for (let to = data.indexOf(0); to >= 0; to = data.indexOf(0, from)) {
      yield data.subarray(from, to);
      from = to + 1;
    }
    rest = Buffer.from(data.subarray(from));
    if (rest.length > ADDRESS)
      throw new Failure(
        exit.dataError,
        `${file}: an address of more than ${ADDRESS} bytes`,
      );
  }
  if (rest.length > 0)
    throw new Failure(exit.dataError, `${file}: the last record has no end`);
}
