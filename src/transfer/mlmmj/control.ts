/**
 * The files in control/ of a list of mlmmj: one a setting. Of some only it counts that they are
 * there, of others the first line, all lines, or all of the text.
 */
import { join } from "node:path";
import { namesIn, smallText } from "../files.ts";

export class Control {
  readonly #files: ReadonlyMap<string, string>;

  constructor(files: ReadonlyMap<string, string>) {
    this.#files = files;
  }

  names(): string[] {
    return [...this.#files.keys()];
  }

  has(name: string): boolean {
    return this.#files.has(name);
  }

  text(name: string): string {
    return this.#files.get(name) ?? "";
  }

  /** The first line: what follows may be anything. */
  first(name: string): string {
    return this.text(name).split("\n")[0]?.trim() ?? "";
  }

  lines(name: string): string[] {
    return this.text(name)
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
  }

  /** A number of seconds, bytes or posts. */
  number(name: string, without: number): number {
    const first = this.first(name);
    return /^\d{1,12}$/.test(first) ? Number(first) : without;
  }
}

/** @param dir the list's folder */
export async function controlIn(dir: string): Promise<Control> {
  const files = new Map<string, string>();
  for (const name of namesIn(join(dir, "control"))) {
    if (/^\.|~$|\.(bak|orig|dpkg-\w+)$/.test(name)) continue;
    const text = await smallText(join(dir, "control", name));
    if (text !== undefined) files.set(name, text.replaceAll("\r\n", "\n"));
  }
  return new Control(files);
}
