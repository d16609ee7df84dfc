/**
 * Another program, run to its end: without a shell, with an environment made from nothing, its time and
 * what is kept of its output limited.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { errnoOf } from "./errors.ts";
import { oneLine } from "./log.ts";

export interface Run {
  readonly program: string;
  readonly args: readonly string[];
  /** What it reads; nothing without it. */
  readonly input?: AsyncIterable<Uint8Array>;
  /** Its environment besides PATH and LANG. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Milliseconds that it may run. */
  readonly longest: number;
}

/** Bytes of its output that are kept; a program that says more is not stopped. */
const KEPT = 64 * 1024;

/**
 * @returns what it printed, the first 64 KiB
 * Throws where it is not installed, fails, or was stopped for taking too long.
 */
export async function run(given: Run): Promise<string> {
  const { program, args, input, environment, longest } = given;
  const child = spawn(program, args, {
    cwd: "/",
    env: {
      PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      LANG: "C.UTF-8",
      ...environment,
    },
    stdio: [input ? "pipe" : "ignore", "pipe", "pipe"],
    // What it has started ends with it.
    detached: true,
  });
  const end = () => {
    if (child.pid === undefined || child.exitCode !== null) return;
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // It has ended meanwhile.
    }
  };
  const closed = once(child, "close");
  closed.catch(() => {});
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    end();
  }, longest);
  const kept = { out: "", error: "" };
  child.stdout?.on("data", (data) => {
    if (kept.out.length < KEPT) kept.out += data.toString("latin1");
  });
  child.stderr?.on("data", (data) => {
    if (kept.error.length < KEPT) kept.error += data;
  });
  try {
    // It may end without having read all of it: then it says why.
    let wrong: unknown;
    if (input && child.stdin)
      await pipeline(Readable.from(input), child.stdin).catch((error) => {
        if (errnoOf(error) !== "EPIPE") wrong = error;
      });
    if (wrong) throw wrong;
    const [code, signal] = await closed;
    const name = program.split("/").at(-1);
    if (isLate)
      throw new Error(
        `${name} took more than ${longest / 1000} s and was ended`,
      );
    if (code !== 0)
      throw new Error(
        oneLine(
          `${name} ended with ${code ?? signal}: ${kept.error.trim()}`,
          400,
        ),
      );
    return Buffer.from(kept.out.slice(0, KEPT), "latin1").toString();
  } catch (error) {
    if (errnoOf(error) === "ENOENT" && child.pid === undefined)
      throw new Error(`${program} is needed and not installed`, {
        cause: error,
      });
    throw error;
  } finally {
    clearTimeout(timer);
    end();
  }
}
