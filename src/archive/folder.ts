/** A folder with a file a message: a Maildir, an archive of mlmmj or ezmlm. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Boxed } from "../mail/mbox.ts";

/** What other programs keep beside messages. */
const OTHERS =
  /^\.|^(?:index|INDEX|lock|num|tmp)$|^(?:dovecot|cyrus)|\.(?:db|json|idx)$/;

/**
 * The messages of a folder and those below it, in the order of their names, 9 before 10. Files that begin
 * with a dot, indexes and a Maildir's tmp/ are passed over. The line of each is 1.
 * @param largest bytes of one that is read @param onFile told of each file
 * Throws the file system's errors.
 */
export async function* readFolder(
  folder: string,
  largest: number,
  onFile: (path: string) => void = () => {},
): AsyncGenerator<Boxed> {
  const names = readdirSync(folder)
    .filter((name) => !OTHERS.test(name))
    .sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
  for (const name of names) {
    const path = join(folder, name);
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.isDirectory()) yield* readFolder(path, largest, onFile);
    if (!found?.isFile()) continue;
    onFile(path);
    yield* readFile(path, largest);
  }
}

/** The message that a file is. Throws the file system's errors. */
export async function* readFile(
  path: string,
  largest: number,
): AsyncGenerator<Boxed> {
  const isTooLarge = statSync(path).size > largest;
  const content = isTooLarge ? undefined : unixLines(readFileSync(path));
  yield { content, from: "", line: 1 };
}

function unixLines(content: Buffer): Buffer {
  return content.includes("\r\n")
    ? Buffer.from(content.toString("latin1").replaceAll("\r\n", "\n"), "latin1")
    : content;
}
