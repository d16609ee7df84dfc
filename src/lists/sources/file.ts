/**
 * Recipients from a text file, or from all files of a folder in the order of their names: lines,
 * CSV or aliases. One file that cannot be read whole fails all.
 */
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { SourceSettings } from "../schema/sources.ts";
import { pathIn, type SourceContext, sourceFailure } from "./context.ts";
import { addressesIn } from "./text/formats.ts";
import { bytesOf } from "./text/whole.ts";

/** All addresses. Throws a Failure (try later) where a file cannot be read to its end. */
export async function* fileRecipients(
  settings: SourceSettings<"file">,
  context: SourceContext,
): AsyncGenerator<string[]> {
  const path = pathIn(context, settings.path);
  try {
    const files = await filesAt(path);
    const texts = files.map((file) => [file, bytesOf(file)] as const);
    yield* addressesIn(texts, settings, context);
  } catch (error) {
    throw sourceFailure("[file]", error);
  }
}

/** The file, or the files of a folder but for drafts and copies. */
async function filesAt(path: string): Promise<string[]> {
  if (!(await stat(path)).isDirectory()) return [path];
  const files: string[] = [];
  for (const name of (await readdir(path)).sort())
    if (!/^[.#]|~$|\.(?:bak|swp|dpkg-.*|rpm.*)$/.test(name)) {
      const file = join(path, name);
      if (!(await stat(file)).isDirectory()) files.push(file);
    }
  // What is not mounted must not make a list of nobody.
  if (files.length === 0) throw new Error(`${path}: no file in this folder`);
  return files;
}
