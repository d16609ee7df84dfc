/**
 * A pool of launcher shells (launcher.sh), kept running. A hook that runs too long or writes too
 * much is ended with its whole process group, its launcher too, which is replaced. When the mill
 * dies, launchers and the hooks that they run end with it.
 */
import { dirname } from "node:path";
import { stopwatch } from "../base/clock.ts";
import { fits, seldom, sizeOf } from "./sizes.ts";
import { type Manner, type Running, shellText, startProgram } from "./start.ts";

/** What a launcher opens for a hook. All paths are absolute. */
export interface Paths {
  /** The hook. */
  readonly file: string;
  readonly stdin: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** One hook to run. */
export interface Job extends Paths {
  /** The folder where it may write messages, if there is one. */
  readonly emit?: string | undefined;
  /** Variables for the hook, LISTMILL_ ones only; one line each. */
  readonly environment: Readonly<Record<string, string>>;
  /** Milliseconds it may take. */
  readonly timeout: number;
  /** Bytes that it may write: stdout, stderr and messages together. */
  readonly output: number;
}

export type JobResult =
  | { readonly kind: "exit"; readonly code: number }
  | { readonly kind: "timeout" }
  | { readonly kind: "output" }
  | { readonly kind: "crash"; readonly reason: string };

const preamble = shellText("launcher.sh");
/** Names that a job may set: none that a shell or the system's loader heeds. */
const ours = /^LISTMILL_[A-Z0-9_]+$/;
/** Text in which no character means anything to a shell. */
const isPlain = /^[A-Za-z0-9 @%+=:,./_-]*$/;
/** Milliseconds between SIGTERM and SIGKILL. */
const GRACE = 2000;
/** Milliseconds between two looks at a hook. */
const LOOK = 50;

class Launcher {
  readonly #running: Running;
  readonly #seconds: () => number;
  readonly #sent = new Map<string, string>();
  #answer: ((result: JobResult) => void) | undefined;
  #heard = "";
  /** The work folder of its last job: what it was told then need not be told again. */
  last = "";
  ended = false;

  constructor(manner: Manner, seconds: () => number) {
    this.#seconds = seconds;
    this.#running = startProgram(["sh"], manner, { data: true });
    this.#running.stdin.write(preamble);
    this.#running.stdout.on("data", (data) => this.#hear(String(data)));
    this.#running.stdout.on("error", () => {});
    void this.#running.ended.then(({ code, signal, trouble }) => {
      this.ended = true;
      this.#reply({
        kind: "crash",
        reason: signal
          ? `killed together with its launcher, by ${signal}`
          : code === undefined
            ? `its launcher could not be started: ${trouble}`
            : `its launcher ended with ${code}: sh must be there, /dev/null open to all, and the limits in [hooks] large enough to start a program`,
      });
    });
  }

  async run(job: Job): Promise<JobResult> {
    const { orders, data } = this.#orders(job);
    const answered = new Promise<JobResult>((resolve) => {
      this.#answer = resolve;
    });
    this.last = dirname(job.stdout);
    if (data) this.#running.data?.write(data);
    this.#running.stdin.write(orders);
    let stopped: JobResult | undefined;
    let timer: NodeJS.Timeout;
    const stop = (result: JobResult, grace: number) => {
      stopped = result;
      if (grace > 0) this.#running.signal("SIGTERM");
      timer = setTimeout(() => this.#running.signal("SIGKILL"), grace);
    };
    const started = this.#seconds();
    const look = seldom(() => isTooMuch(job), this.#seconds);
    const watch = (wait: number) => {
      timer = setTimeout(() => {
        const left = job.timeout - (this.#seconds() - started) * 1000;
        if (look()) stop({ kind: "output" }, 0);
        else if (left <= 0) stop({ kind: "timeout" }, GRACE);
        else watch(Math.min(LOOK, left));
      }, wait);
    };
    watch(Math.min(LOOK, job.timeout));
    const result = await answered;
    // biome-ignore lint/style/noNonNullAssertion: watch() has set it
    clearTimeout(timer!);
    if (stopped) this.end();
    return stopped ?? (isTooMuch(job) ? { kind: "output" } : result);
  }

  /** Ends the launcher and whatever its hooks have left behind in its group. */
  end(): void {
    this.#running.signal("SIGKILL");
    this.ended = true;
  }

  /** What the shell is told: of the variables only what differs from the last job. */
  #orders(job: Job): { orders: string; data: string } {
    for (const name of Object.keys(job.environment))
      if (!ours.test(name)) throw new Error(`${name}: no variable of a hook's`);
    let orders = "";
    let data = "";
    const set = (name: string, value: string) => {
      if (isPlain.test(value)) return `${name}='${value}'\n`;
      // What a line cannot hold becomes a space.
      data += `${value.replace(/[\n\0]/g, " ")}\n`;
      return `IFS= read -r ${name} <&4\n`;
    };
    for (const name of this.#sent.keys())
      if (!(name in job.environment)) {
        orders += `unset ${name}\n`;
        this.#sent.delete(name);
      }
    for (const [name, value] of Object.entries(job.environment)) {
      const known = this.#sent.get(name);
      if (known === value) continue;
      orders += set(name, value);
      if (known === undefined) orders += `export ${name}\n`;
      this.#sent.set(name, value);
    }
    const { file, stdin, stdout, stderr } = job;
    [file, stdin, stdout, stderr].forEach((path, at) => {
      orders += set(`path${at}`, path);
    });
    orders += 'run "$path0" "$path1" "$path2" "$path3"\n';
    return { orders, data };
  }

  #hear(text: string): void {
    this.#heard += text;
    const end = this.#heard.indexOf("\n");
    if (end < 0) return;
    const code = Number(this.#heard.slice(0, end));
    this.#heard = this.#heard.slice(end + 1);
    this.#reply({ kind: "exit", code });
  }

  #reply(result: JobResult): void {
    const answer = this.#answer;
    this.#answer = undefined;
    answer?.(result);
  }
}

function isTooMuch({ stdout, stderr, emit, output }: Job): boolean {
  const printed = sizeOf(stdout) + sizeOf(stderr);
  return printed > output || (emit ? !fits(emit, output - printed) : false);
}

/**
 * Why a launcher could not start a hook, in its shell's words, or undefined where the hook did run:
 * a shell in the hook says the same of other files.
 * @param said the first line of the hook's stderr
 */
export function startTrouble(
  { file, stdin, stdout, stderr }: Paths,
  code: number,
  said: string,
): string | undefined {
  const words = /^sh: (?:line )?\d+: (.*)/.exec(said)?.[1];
  // What shells exit with where it is they who failed.
  if (words === undefined || ![1, 2, 126, 127].includes(code)) return undefined;
  const what = words.replace(/^cannot (open|create) /, "");
  return [file, stdin, stdout, stderr].some((it) => what.startsWith(`${it}: `))
    ? words
    : undefined;
}

/** Starts hooks, at most `size` at once. */
export class Launchers {
  /** How its programs are started. */
  readonly manner: Manner;
  readonly #size: number;
  readonly #seconds: () => number;
  readonly #idle: Launcher[] = [];
  readonly #waiting: (() => void)[] = [];
  #busy = 0;

  /** @param seconds a clock that never goes back */
  constructor(
    size: number,
    manner: Manner,
    seconds: () => number = stopwatch(),
  ) {
    this.#size = size;
    this.#seconds = seconds;
    this.manner = manner;
  }

  async run(job: Job): Promise<JobResult> {
    if (this.#busy >= this.#size)
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#busy += 1;
    const launcher = this.#pick(dirname(job.stdout));
    try {
      return await launcher.run(job);
    } finally {
      if (!launcher.ended) this.#idle.push(launcher);
      const next = this.#waiting.shift();
      if (next) next();
      else this.#busy -= 1;
    }
  }

  /** One that is idle, best the one that knows the entry; a new one where there is none. */
  #pick(work: string): Launcher {
    for (let at = this.#idle.length - 1; at >= 0; at -= 1)
      if (this.#idle[at]?.ended) this.#idle.splice(at, 1);
    const knows = this.#idle.findLastIndex(({ last }) => last === work);
    const [known] = knows < 0 ? [] : this.#idle.splice(knows, 1);
    return (
      known ?? this.#idle.pop() ?? new Launcher(this.manner, this.#seconds)
    );
  }

  /** Ends the idle launchers; call it when no hook runs. */
  close(): void {
    for (const launcher of this.#idle.splice(0)) launcher.end();
  }
}
