/**
 * Another program: started without a shell, with an environment made from nothing, its time limited. What
 * it prints is whole only where the program ended with 0. Nothing of it is left running, and nothing that
 * it has started in its group of processes.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Writable } from "node:stream";
import { errnoOf } from "./errors.ts";
import { oneLine } from "./log.ts";

/** Folders where programs are looked for. */
export const folders = [
  ...["/usr/local/sbin", "/usr/local/bin"],
  ...["/usr/sbin", "/usr/bin", "/sbin", "/bin"],
] as const;

export interface Circumstances {
  /** What it reads; nothing without it. */
  readonly input?: AsyncIterable<Uint8Array>;
  /** Its environment besides PATH and LANG. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Folders where it is looked for, as PATH has them. */
  readonly search?: string;
  /** Milliseconds that it may run, with what it has started and holds its output: 5 minutes. */
  readonly longest?: number;
}

/** A program that ended with another exit code than 0. */
export class Failed extends Error {
  /** Null where it was killed. */
  readonly exitCode: number | null;

  constructor(exitCode: number | null, message: string) {
    super(message);
    this.exitCode = exitCode;
  }
}

/**
 * Its stdout in chunks, as fast as they are taken.
 * Throws where it is not installed, fails (Failed), is killed or takes too long.
 */
export async function* outputOf(
  program: string,
  args: readonly string[],
  circumstances: Circumstances = {},
): AsyncGenerator<Buffer> {
  const { input, environment, longest = 5 * 60_000 } = circumstances;
  const search = circumstances.search ?? folders.join(":");
  const child = spawn(program, args, {
    cwd: "/",
    env: { PATH: search, LANG: "C.UTF-8", ...environment },
    stdio: [input ? "pipe" : "ignore", "pipe", "pipe"],
    // The leader of a group: what it has started ends with it.
    detached: true,
  });
  // Rejects where it could not be started; asked below, if somebody still reads. Without a descriptor left
  // for them there are no streams either.
  const closed = once(child, "close");
  closed.catch(() => {});
  // Node's own time limit would go on where the program cannot be started.
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    endGroup(child);
  }, longest);
  let said = "";
  child.stderr?.on("data", (data) => {
    said = `${said}${data}`.slice(0, 2000);
  });
  const broken: unknown[] = [];
  feed(child.stdin, input).catch((reason) => {
    broken.push(reason);
    endGroup(child);
  });
  try {
    if (child.stdout) yield* child.stdout as AsyncIterable<Buffer>;
    const [code, signal] = await closed;
    const name = program.split("/").at(-1);
    if (isLate)
      throw new Error(
        `${name} took more than ${longest / 1000} s and was ended`,
      );
    if (broken.length > 0) throw broken[0];
    const why = said.trim() && `: ${oneLine(said.trim(), 300)}`;
    if (code !== 0)
      throw new Failed(code, `${name} ended with ${code ?? signal}${why}`);
  } catch (error) {
    if (child.pid !== undefined) throw error;
    // Its output breaks off, which says less.
    throw await closed.then(
      () => error,
      (reason) => notStarted(program, search, reason),
    );
  } finally {
    clearTimeout(timer);
    endGroup(child);
  }
}

/** Throws where the input breaks off. */
async function feed(
  stdin: Writable | null | undefined,
  input: AsyncIterable<Uint8Array> | undefined,
): Promise<void> {
  if (!input || !stdin) return;
  // The program may end without having read all of it: then it says why itself.
  stdin.on("error", () => {});
  const gone = new Promise((resolve) => stdin.once("close", resolve));
  for await (const chunk of input) {
    if (stdin.destroyed) return;
    if (stdin.write(chunk)) continue;
    const drained = new Promise((resolve) => stdin.once("drain", resolve));
    await Promise.race([drained, gone]);
  }
  stdin.end();
}

/** Also where its leader has ended: others may be left, and hold its output. */
function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, "SIGKILL");
  } catch {
    // Nobody is left.
  }
}

function notStarted(program: string, search: string, reason: unknown): unknown {
  if (errnoOf(reason) !== "ENOENT") return reason;
  const where = program.includes("/") ? "" : ` in ${search}`;
  return new Error(`${program} is needed and not installed${where}`, {
    cause: reason,
  });
}
