/**
 * A program in a process of its own: what it says, how much memory it takes, and its end, which comes
 * with the end of the bench at the latest.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { atEnd } from "./ending.ts";
import { peakMemory } from "./measure.ts";

/** Milliseconds between two looks at the memory. */
const LOOK = 20;

export interface Program {
  readonly file: string;
  readonly args: readonly string[];
  /** Beside those of the bench. */
  readonly environment?: Readonly<Record<string, string>>;
}

export class Process {
  /** Megabytes, as far as they were seen. */
  peak = 0;
  stdout = "";
  stderr = "";
  /** Settles when it has ended and all that it said is here. Throws where it fails. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #words: string;
  #listeners: (() => void)[] = [];
  #isOver = false;

  constructor({ file, args, environment }: Program) {
    this.#words = [file, ...args].join(" ");
    const env = { ...process.env, ...environment };
    const stdio: ["ignore", "pipe", "pipe"] = ["ignore", "pipe", "pipe"];
    // It leads a group of its own, so that all it has started can be ended.
    const child = spawn(file, args, { env, stdio, detached: true });
    this.#child = child;
    const done = atEnd(() => this.kill());
    const closed = once(child, "close").finally(() => {
      done();
      this.#isOver = true;
      this.#heard();
    });
    child.stdout.on("data", (text) => {
      this.stdout += text;
      this.#heard();
    });
    child.stderr.on("data", (text) => {
      this.stderr += text;
      this.#heard();
    });
    this.ended = this.#toEnd(closed);
    // Whoever does not wait for the end may still look for what it says.
    this.ended.catch(() => {});
  }

  /**
   * Waits until something is found in what it has printed, on stdout or on stderr.
   * @returns what was found. Throws where it ends before
   */
  async prints<T>(find: (text: string) => T | null | undefined): Promise<T> {
    for (;;) {
      const found = find(this.stdout) ?? find(this.stderr);
      if (found !== null && found !== undefined) return found;
      if (this.#isOver) {
        await this.ended;
        throw new Error(`${this.#words} ended too early: ${this.stderr}`);
      }
      await new Promise<void>((resolve) => this.#listeners.push(resolve));
    }
  }

  /** Lets it end in order. */
  async stop(): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.ended;
  }

  /** Ends it where it stands, with what it has started. */
  kill(): void {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    process.kill(-pid, "SIGKILL");
  }

  #heard(): void {
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const hear of listeners) hear();
  }

  async #toEnd(closed: Promise<unknown[]>): Promise<void> {
    await this.#watch(closed);
    const [code, signal] = await closed;
    if (code === 0) return;
    const said = this.stderr.slice(-1000) || this.stdout.slice(-1000);
    throw new Error(`${this.#words} ended with ${code ?? signal}: ${said}`);
  }

  async #watch(closed: Promise<unknown>): Promise<void> {
    const { pid } = this.#child;
    while (this.#child.exitCode === null && this.#child.signalCode === null) {
      if (pid !== undefined)
        try {
          this.peak = peakMemory(pid);
        } catch {
          // It has just ended.
        }
      await Promise.race([sleep(LOOK), closed]);
    }
  }
}
