/**
 * Starts the program of a consumer for a message: in a process group of its own, the message on stdin,
 * what it is about in the environment; no shell sees either. What it prints goes where ours goes. What
 * is left of its group ends with it, and with this process, however that dies.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { inheritedWith } from "../../base/environment.ts";
import { errnoOf, messageOf } from "../../base/errors.ts";
import { chunks, type Piece } from "../../base/pieces.ts";

/** Milliseconds between the friendly signal and the other one. */
const GRACE = 5000;

/**
 * Descriptor 3 ends with this process. Who watches it is no child of the program, which may wait for its
 * children.
 */
const watched = `(
  (
    trap '' HUP INT QUIT TERM
    read -r end <&3
    kill -TERM 0
    sleep 2
    kill -KILL 0
  ) </dev/null >/dev/null 2>&1 &
)
exec "$@" 3<&-`;
/** What a shell says of a program that it cannot start. */
const NONE = [126, 127];

export interface Job {
  /** The program, a path or a name in PATH, and its arguments. */
  readonly command: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly stdin: readonly Piece[];
  /** Milliseconds that it may run. */
  readonly timeout: number;
}

/** Its exit code, or why there is none. */
export type Ended =
  | { readonly code: number }
  | { readonly code: undefined; readonly trouble: string };

/** Never throws. */
export async function runProgram(job: Job): Promise<Ended> {
  const child = spawn("/bin/sh", ["-c", watched, "listmill", ...job.command], {
    env: inheritedWith(job.variables),
    stdio: ["pipe", "inherit", "inherit", "pipe"],
    // A terminal's Ctrl-C is for us: the program is to finish.
    detached: true,
  });
  const stdin = child.stdin as Writable;
  const lifeline = child.stdio[3] as Readable;
  lifeline.on("error", () => {}).resume();
  const ended = (
    once(child, "exit") as Promise<[number | null, string]>
  ).finally(() => {
    // The watcher keeps the group, so it is still the same one.
    signalGroup(child.pid, "SIGKILL");
    lifeline.destroy();
    stdin.destroy();
  });
  ended.catch(() => {});
  let isLate = false;
  const signal = (name: NodeJS.Signals) => signalGroup(child.pid, name);
  const timers = [
    setTimeout(() => {
      isLate = true;
      signal("SIGTERM");
    }, job.timeout),
    setTimeout(() => signal("SIGKILL"), job.timeout + GRACE),
  ];
  try {
    // One that does not read all of it may still have done its work.
    const [, [code, name]] = await Promise.all([
      pipeline(Readable.from(chunks(job.stdin)), stdin).catch(unlessEnded),
      ended,
    ]);
    if (isLate)
      return failed(`it took more than ${job.timeout / 1000} s and was ended`);
    if (code === null) return failed(`${name} has ended it`);
    return NONE.includes(code)
      ? failed(`it cannot be started (exit code ${code})`)
      : { code };
  } catch (error) {
    const reason = messageOf(error);
    if (child.pid === undefined) return failed(`no shell starts: ${reason}`);
    // With half of the message it has nothing to do.
    signal("SIGKILL");
    await ended;
    return failed(`the message cannot be read: ${reason}`);
  } finally {
    for (const timer of timers) clearTimeout(timer);
  }
}

function failed(trouble: string): Ended {
  return { code: undefined, trouble };
}

function unlessEnded(error: unknown): void {
  const code = errnoOf(error) ?? "";
  if (!["EPIPE", "ECONNRESET", "ERR_STREAM_PREMATURE_CLOSE"].includes(code))
    throw error;
}

function signalGroup(pid: number | undefined, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch (error) {
    // It is gone, or has become somebody else's.
    if (!["ESRCH", "EPERM"].includes(errnoOf(error) ?? "")) throw error;
  }
}
