/**
 * Who a process is, so that another process of the same machine can tell at once that it is dead:
 * its number, when it was started, and in which boot and PID namespace that number counts.
 */
import { readFileSync, readlinkSync } from "node:fs";
import { errnoOf } from "../base/errors.ts";

export interface Identity {
  readonly pid: number;
  /** Start time in clock ticks after boot, from /proc/PID/stat: guards against a reused number. */
  readonly started: string;
  /** Boot id and PID namespace; "" where the system tells neither, then nothing can be concluded. */
  readonly machine: string;
}

export function myIdentity(): Identity {
  const { pid } = process;
  const started = startOf(pid);
  return typeof started === "string"
    ? { pid, started, machine: machine() }
    : { pid, started: "", machine: "" };
}

/** True only where the process is known to be gone. */
export function isDead(identity: Identity): boolean {
  if (identity.machine === "" || identity.machine !== machine()) return false;
  const started = startOf(identity.pid);
  // Unreadable is not gone: the file table may be full, or /proc hide what others run.
  if (started === undefined) return !exists(identity.pid);
  return started !== identity.started;
}

/** Whether it was of another boot than this one, as far as the system tells. */
export function isOfAnotherBoot({ machine: theirs }: Identity): boolean {
  const [boot = ""] = machine().split(" ");
  return theirs !== "" && boot !== "" && theirs.split(" ")[0] !== boot;
}

/** Whether its number counts where nobody here can look: another PID namespace, or an unknown one. */
export function isOutOfSight({ machine: theirs }: Identity): boolean {
  return theirs === "" || theirs !== machine();
}

function machine(): string {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return "";
  }
}

/** When a process was started; "ended" for a zombie; undefined where it cannot be read. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? "ended" : fields[19];
  } catch {
    return undefined;
  }
}

function exists(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errnoOf(error) !== "ESRCH";
  }
}
