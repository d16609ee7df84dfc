/**
 * Starts the programs that run for hooks, launchers and served hooks alike: in a session of their
 * own, under the account and within the limits that are set, with an environment made from nothing
 * and no descriptor but those that are asked for. However the mill dies, all of them end: a watcher
 * in each group (start.sh) sees it. The only importer of execa.
 */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { Readable, Writable } from "node:stream";
import type { ResultPromise } from "execa";
import { messageOf } from "../base/errors.ts";
import type { Account } from "./account.ts";

/** Loaded with the first program: where all hooks are inline, none is ever started. */
function load(): typeof import("execa") {
  return createRequire(import.meta.url)("execa");
}

/** What a program may have. */
export interface Resources {
  /** Bytes of address space. */
  readonly memory?: number | undefined;
  /** Open files. */
  readonly files?: number | undefined;
  /** Processes of the account when it starts one. */
  readonly processes?: number | undefined;
}

/** How the programs of a runner are started. */
export interface Manner {
  /** All variables that they have, whatever the message. */
  readonly environment: Readonly<Record<string, string>>;
  readonly resources?: Resources;
  /** Whose account they run under; undefined: the runner's. */
  readonly account?: Account | undefined;
  /** Why none may be started at all. */
  readonly refused?: string | undefined;
}

/** How a program ended. */
export interface Ended {
  /** Its exit code; undefined where a signal ended it, or where it was never started. */
  readonly code?: number | undefined;
  readonly signal?: string | undefined;
  /** Why it was never started. */
  readonly trouble?: string | undefined;
}

export interface Running {
  readonly pid: number | undefined;
  readonly stdin: Writable;
  /** Its descriptor 4; undefined where it was not asked for. */
  readonly data: Writable | undefined;
  /** Read it from the start: what nobody reads is lost when the program ends. */
  readonly stdout: Readable;
  /** Undefined where it was not asked for: it goes nowhere then. */
  readonly stderr: Readable | undefined;
  /** Never rejects; what it has printed may still be read then. */
  readonly ended: Promise<Ended>;
  /** Signals the whole process group; nothing happens where it is gone. */
  signal(signal: NodeJS.Signals): void;
}

/** A shell's text without comments: it is seen in lists of processes. */
export function shellText(name: string): string {
  const text = readFileSync(new URL(name, import.meta.url), "utf8");
  return text.replace(/^\s*#.*\n/gm, "");
}

// As text, not as a file: an account that hooks have need not be able to read the source.
const prelude = shellText("start.sh");

/**
 * Starts a program in `/`, as the leader of a session and process group of its own.
 * @param command the program, an absolute path or a name in PATH, and its arguments
 * @param wanted whether its stderr is read, and whether it reads from descriptor 4
 */
export function startProgram(
  command: readonly string[],
  manner: Manner,
  wanted: { readonly stderr?: boolean; readonly data?: boolean },
): Running {
  const { environment, account, resources = {} } = manner;
  const kilobytes = resources.memory && Math.ceil(resources.memory / 1024);
  const limits = [kilobytes, resources.files, resources.processes];
  const numbers = limits.map((limit) => String(limit ?? "-"));
  const child = load().execa(
    "sh",
    ["-c", prelude, "listmill", ...numbers, ...command],
    {
      cwd: "/",
      detached: true,
      env: environment,
      extendEnv: false,
      stdio: [
        ...(["pipe", "pipe", wanted.stderr ? "pipe" : "ignore"] as const),
        "pipe",
        ...(wanted.data ? (["pipe"] as const) : []),
      ],
      buffer: false,
      reject: false,
      cleanup: false,
      // With these, Node leaves all other groups too.
      ...(account ? { uid: account.uid, gid: account.gid } : {}),
    },
  ) as ResultPromise;
  const lifeline = child.stdio[3] as Readable | undefined;
  let isGone = false;
  const signal = (signal: NodeJS.Signals) => {
    if (child.pid === undefined || isGone) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // The group is gone already.
    }
  };
  const end = Promise.withResolvers<Ended>();
  const finish = (ended: Ended) => {
    // What it left behind in its group goes with it, the watcher too.
    signal("SIGKILL");
    isGone = true;
    lifeline?.destroy();
    end.resolve(ended);
  };
  // Its streams may be held open by what it started: they are not waited for.
  child.nodeChildProcess.once("exit", (code, signal) =>
    finish({ code: code ?? undefined, signal: signal ?? undefined }),
  );
  child.then(
    ({ exitCode, signal, cause }) => {
      const isStarted = exitCode !== undefined || signal !== undefined;
      const trouble = isStarted ? undefined : messageOf(cause);
      finish({ code: exitCode, signal, trouble });
    },
    (error: unknown) => finish({ trouble: messageOf(error) }),
  );
  child.stdin?.on("error", () => {});
  const data = (child.stdio as unknown[])[4] as Writable | undefined;
  data?.on("error", () => {});
  lifeline?.on("error", () => {}).resume();
  return {
    pid: child.pid,
    stdin: child.stdin as Writable,
    data,
    stdout: child.stdout as Readable,
    stderr: (child.stderr ?? undefined) as Readable | undefined,
    ended: end.promise,
    signal,
  };
}
