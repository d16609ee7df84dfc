/**
 * A pool of launcher shells (launcher.sh), started with execa and kept. A hook that runs too long
 * or prints too much is ended with its whole process group; its launcher goes with it if need be
 * and is replaced. When the mill dies, the launchers read the end of their input and end too.
 * The only importer of execa.
 */
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { execa, type ResultPromise } from "execa";
import { linesOf } from "../base/lines.ts";

/** One hook to run. All paths are absolute. */
export interface Job {
  readonly file: string;
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
  /** Variables for the hook; one line each. */
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds it may take. */
  readonly timeout: number;
  /** Bytes that stdout and stderr may have together. */
  readonly output: number;
}

export type JobResult =
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "timeout" }
  | { readonly kind: "output" }
  | { readonly kind: "crash"; readonly reason: string };

/** What a launcher runs; its own error messages begin with it. */
export const script = fileURLToPath(new URL("launcher.sh", import.meta.url));
/** Milliseconds between SIGTERM and SIGKILL. */
const GRACE = 2000;
const FIRST_LOOK = 50;

class Launcher {
  readonly #process: ResultPromise;
  readonly #sent = new Map<string, string>();
  #answer: ((result: JobResult) => void) | undefined;
  ended = false;

  constructor(environment: Readonly<Record<string, string>>) {
    this.#process = execa("sh", [script], {
      cwd: "/",
      detached: true,
      env: environment,
      extendEnv: false,
      stdio: ["pipe", "ignore", "ignore", "pipe"],
      buffer: false,
      reject: false,
      cleanup: false,
    }) as ResultPromise;
    this.#process.then(
      ({ exitCode, signal }) =>
        this.#finish({
          kind: "crash",
          reason: signal
            ? `killed together with its launcher, by ${signal}`
            : `its launcher ended with ${exitCode}: sh must be there, and /dev/null open to all`,
        }),
      () =>
        this.#finish({
          kind: "crash",
          reason: "its launcher could not be started",
        }),
    );
    this.#process.stdin?.on("error", () => {});
    void this.#listen();
  }

  async run(job: Job): Promise<JobResult> {
    const answered = new Promise<JobResult>((resolve) => {
      this.#answer = resolve;
    });
    this.#process.stdin?.write(this.#request(job));
    let stopped: JobResult | undefined;
    let timer: NodeJS.Timeout;
    const stop = (result: JobResult, grace: number) => {
      stopped = result;
      if (grace > 0) this.#signal("SIGTERM");
      timer = setTimeout(() => this.#signal("SIGKILL"), grace);
    };
    const started = performance.now();
    const watch = (wait: number) => {
      timer = setTimeout(() => {
        if (sizeOf(job.stdout) + sizeOf(job.stderr) > job.output)
          stop({ kind: "output" }, 0);
        else if (performance.now() - started >= job.timeout)
          stop({ kind: "timeout" }, GRACE);
        else
          watch(
            Math.min(
              FIRST_LOOK,
              Math.max(1, job.timeout - (performance.now() - started)),
            ),
          );
      }, wait);
    };
    watch(Math.min(FIRST_LOOK, job.timeout));
    const result = await answered;
    // biome-ignore lint/style/noNonNullAssertion: watch() has set it
    clearTimeout(timer!);
    if (stopped) this.end();
    return stopped ?? result;
  }

  /** Ends the launcher and whatever its hooks have left behind in its group. */
  end(): void {
    this.#signal("SIGKILL");
    this.ended = true;
  }

  /** Only what differs from the last job is sent: the shell reads byte by byte. */
  #request(job: Job): string {
    const lines: string[] = [];
    for (const name of this.#sent.keys())
      if (!(name in job.environment)) {
        lines.push(`-${name}`);
        this.#sent.delete(name);
      }
    for (const [name, value] of Object.entries(job.environment))
      if (this.#sent.get(name) !== value) {
        // A line more would be an order to the launcher.
        lines.push(`${name}=${value.replace(/[\n\0]/g, " ")}`);
        this.#sent.set(name, value);
      }
    lines.push("run", job.file, job.stdin, job.stdout, job.stderr, "");
    return lines.join("\n");
  }

  async #listen(): Promise<void> {
    const replies = this.#process.stdio[3] as
      | AsyncIterable<Uint8Array>
      | undefined;
    if (!replies) return;
    for await (const line of linesOf(replies))
      this.#reply({ kind: "exit", code: Number(line) });
  }

  #reply(result: JobResult): void {
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.(result);
  }

  #finish(result: JobResult): void {
    // A hook may have ended the launcher alone and still run.
    this.#signal("SIGKILL");
    this.ended = true;
    this.#reply(result);
  }

  #signal(signal: NodeJS.Signals): void {
    const pid = this.#process.pid;
    if (pid === undefined || this.ended) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // The group is gone already.
    }
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Starts hooks, at most `size` at once. */
export class Launchers {
  readonly #size: number;
  readonly #environment: Readonly<Record<string, string>>;
  readonly #idle: Launcher[] = [];
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  /** @param environment what every hook has, whatever the message */
  constructor(size: number, environment: Readonly<Record<string, string>>) {
    this.#size = size;
    this.#environment = environment;
  }

  async run(job: Job): Promise<JobResult> {
    if (this.#busy >= this.#size)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#busy += 1;
    let launcher = this.#idle.pop();
    while (launcher?.ended) launcher = this.#idle.pop();
    launcher ??= new Launcher(this.#environment);
    try {
      return await launcher.run(job);
    } finally {
      if (!launcher.ended) this.#idle.push(launcher);
      const next = this.#waiting.shift();
      if (next) next();
      else this.#busy -= 1;
    }
  }

  /** Ends the idle launchers; call it when no hook runs. */
  close(): void {
    for (const launcher of this.#idle.splice(0)) launcher.end();
  }
}
