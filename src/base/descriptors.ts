/**
 * Open files that this process was started with and knows nothing of. Node keeps its own from the
 * programs that it starts, but of those that it was given only the first few.
 */
import {
  closeSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
} from "node:fs";
import { variable } from "./environment.ts";

/** O_CLOEXEC of Linux, as /proc shows it: not passed on. */
const KEPT = 0o2000000;

/**
 * Closes what would be passed on to programs, but stdin, stdout and stderr. Call it before anything
 * is opened. Does nothing where there is no /proc.
 */
export function closeInherited(): void {
  for (const name of namesIn("/proc/self/fd")) {
    const fd = Number(name);
    if (fd <= 2 || !isPassedOn(fd) || isBeingRead(fd)) continue;
    try {
      closeSync(fd);
    } catch {
      // It was the one that the folder was read with.
    }
  }
}

function isPassedOn(fd: number): boolean {
  try {
    const info = readFileSync(`/proc/self/fdinfo/${fd}`, "latin1");
    const flags = /^flags:\s*([0-7]+)$/m.exec(info)?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & KEPT) === 0;
  } catch {
    return false;
  }
}

/** Node reads the certificates of NODE_EXTRA_CA_CERTS meanwhile, on a thread of its own. */
function isBeingRead(fd: number): boolean {
  const certificates = variable("NODE_EXTRA_CA_CERTS");
  if (!certificates) return false;
  try {
    return readlinkSync(`/proc/self/fd/${fd}`) === realpathSync(certificates);
  } catch {
    return false;
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
