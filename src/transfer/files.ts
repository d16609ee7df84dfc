/**
 * Files of another manager, read as they lie there. What is wrong with them is told with their name.
 */
import { createReadStream, readdirSync, statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { errnoOf, exit, Failure, messageOf } from "../base/errors.ts";
import { isFile, isFolder } from "../base/files.ts";
import { linesOf } from "../base/lines.ts";
import { decoded } from "./texts.ts";

/** Most bytes of a file that is read at once. */
const WHOLE = 512 * 2 ** 20;
/** Of a file that holds one setting. */
const SMALL = 2 ** 20;

/** Throws a Failure where it cannot be read. */
export async function wholeFile(path: string, most = WHOLE): Promise<Buffer> {
  if (isFolder(path))
    throw new Failure(exit.noInput, `${path}: this is a folder, not a file`);
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > most)
    throw new Failure(
      exit.dataError,
      `${path}: ${size} bytes are more than can be read, ${most}`,
    );
  try {
    return await readFile(path);
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** A small file's text; undefined where there is none. */
export async function smallText(path: string): Promise<string | undefined> {
  if (!isFile(path)) return undefined;
  return decoded(await wholeFile(path, SMALL));
}

/** Lines of a file with their numbers, of UTF-8 or else of Latin-1; none where there is no such file. */
export async function* numberedLines(
  path: string,
): AsyncGenerator<{ line: number; text: string }> {
  if (!isFile(path)) return;
  let line = 0;
  try {
    const bytes = createReadStream(path) as AsyncIterable<Buffer>;
    for await (const text of linesOf(bytes, undefined, "latin1")) {
      line += 1;
      yield { line, text };
    }
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** The names in a folder, in order; none where there is no such folder. */
export function namesIn(path: string): string[] {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errnoOf(error) ?? "")) return [];
    throw unreadable(path, error);
  }
}

/** The folder of a list. Throws a Failure where it is none. @param sign a file that it must have */
export function listFolder(path: string, sign: string, what: string): string {
  if (!isFolder(path))
    throw new Failure(exit.noInput, `${path}: there is no such folder`);
  if (!isFile(join(path, sign)))
    throw new Failure(
      exit.dataError,
      `${path}: no list of ${what}: ${sign} is missing in it`,
    );
  return path;
}

function unreadable(path: string, error: unknown): Failure {
  return new Failure(
    exit.noInput,
    `${path} cannot be read: ${messageOf(error)}`,
  );
}
