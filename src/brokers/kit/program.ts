/**
 * Starts the program of a consumer for a message: without a shell, in a process group of its own, the
 * message on stdin, what it is about in the environment. What it prints goes where ours goes.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { inheritedWith } from "../../base/environment.ts";
import { errnoOf, messageOf } from "../../base/errors.ts";
import { chunks, type Piece } from "../../base/pieces.ts";

/** Milliseconds between the friendly signal and the other one. */
const GRACE = 5000;

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

/** Never throws but what reading the message throws. */
export async function runProgram(job: Job): Promise<Ended> {
  const [program = "", ...args] = job.command;
  const child = spawn(program, args, {
    env: inheritedWith(job.variables),
    stdio: ["pipe", "inherit", "inherit"],
    // A terminal's Ctrl-C is for us: the program is to finish.
    detached: true,
  });
  const closed = once(child, "close") as Promise<[number | null, string]>;
  closed.catch(() => {});
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
      pipeline(Readable.from(chunks(job.stdin)), child.stdin).catch(
        unlessEnded,
      ),
      closed,
    ]);
    if (isLate)
      return failed(`it took more than ${job.timeout / 1000} s and was ended`);
    return code === null ? failed(`${name} has ended it`) : { code };
  } catch (error) {
    if (child.pid !== undefined) throw error;
    return failed(`it cannot be started: ${messageOf(error)}`);
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
    if (errnoOf(error) !== "ESRCH") throw error;
  }
}
