/**
 * A home for the demo, in the folder for temporary files. It is kept, so that the reader can look
 * around; the next demo removes it, unless the demo that made it is still running.
 */
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const PREFIX = "listmill-demo-";
/** In each home of a demo: the process that made it. */
const MARK = ".demo";

/** Makes an empty folder. @returns its path */
export function freshHome(): string {
  for (const name of readdirSync(tmpdir()))
    if (name.startsWith(PREFIX) && isLeft(join(tmpdir(), name)))
      rmSync(join(tmpdir(), name), { recursive: true, force: true });
  const home = mkdtempSync(join(tmpdir(), PREFIX));
  writeFileSync(join(home, MARK), `${process.pid}\n`);
  return home;
}

/** Whether a folder is a home that a demo of this user has left. */
function isLeft(folder: string): boolean {
  try {
    if (statSync(folder).uid !== process.getuid?.()) return false;
    return !isAlive(Number(readFileSync(join(folder, MARK), "utf8")));
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
