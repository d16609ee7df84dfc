/**
 * The names in a folder, however many there are. Few are read at once. Many would hold up all else for
 * a second and more, and take 160 MB a million: `ls -f` reads them, in a process of its own and as they
 * come, and this one takes them in pieces.
 *
 * Not `opendir`: it asks for the type of each name, which over NFS is a question to the server for
 * every third one (a million names: 109 s instead of 12).
 */
import { type Dirent, opendirSync } from "node:fs";
import { resolve } from "node:path";
import { outputOf } from "../base/program.ts";

const LF = 10;

/** All that lies in a folder; undefined where it is more than `most`. Throws where it cannot be opened. */
export function fewNames(folder: string, most: number): Dirent[] | undefined {
  const dir = opendirSync(folder);
  try {
    const found: Dirent[] = [];
    for (let one = dir.readSync(); one; one = dir.readSync())
      if (found.push(one) > most) return undefined;
    return found;
  } catch {
    // Where a file system tells no types, each name is looked up, and may be gone by then.
    return undefined;
  } finally {
    dir.closeSync();
  }
}

/**
 * The names of all that lies in a folder, in chunks of whole lines, in no order: some may come twice, and
 * those with a dot in front come too. Throws what `ls` says.
 */
export async function* manyNames(folder: string): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of outputOf("ls", ["-f", "--", resolve(folder)])) {
    const data = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const end = data.lastIndexOf(LF) + 1;
    if (end > 0) yield data.subarray(0, end);
    rest = Buffer.from(data.subarray(end));
  }
}
