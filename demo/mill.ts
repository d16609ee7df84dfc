/**
 * The `listmill` command as the demo types it, and the runner as a process of its own.
 */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { command, say } from "./page.ts";
import { expect, Untold } from "./told.ts";

const program = resolve(import.meta.dirname, "../bin/listmill");

export class Mill {
  readonly home: string;
  readonly log: string;
  #runner: ReturnType<typeof spawn> | undefined;
  readonly #end = Promise.withResolvers<never>();
  #stopping = false;

  constructor(home: string) {
    this.home = home;
    this.log = join(home, "run.log");
  }

  /** Runs a command and shows it. @param file what it gets on stdin @returns what it printed */
  type(args: readonly string[], file?: string): string {
    const printed = this.ask(args, file);
    const typed = ["listmill", ...args.map(quoted)].join(" ");
    command(file === undefined ? typed : `${typed} < ${short(file)}`, printed);
    return printed;
  }

  /** Runs a command quietly. */
  ask(args: readonly string[], file?: string): string {
    const { status, stdout, stderr } = spawnSync(program, args, {
      encoding: "utf8",
      env: { ...process.env, LISTMILL_HOME: this.home },
      ...(file === undefined ? {} : { input: readFileSync(file) }),
    });
    const what = `listmill ${args.join(" ")} ends with 0, not ${status}`;
    expect(`${what}: ${stderr}`, status === 0);
    return stdout;
  }

  /** Starts the runner; its log goes to run.log in the home. */
  start(): void {
    command("listmill run 2>run.log &");
    this.#runner = spawn(program, ["run"], {
      env: { ...process.env, LISTMILL_HOME: this.home },
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#runner.once("exit", (code, signal) => {
      if (this.#stopping) return;
      const how = code ?? signal;
      this.#end.reject(new Untold(`the runner ended by itself: ${how}`));
    });
    this.#runner.stderr?.pipe(createWriteStream(this.log, { flags: "a" }));
  }

  /** What the runner has said so far. */
  said(): string {
    return existsSync(this.log) ? readFileSync(this.log, "utf8") : "";
  }

  /** Fails when the runner ends though nobody has stopped it. */
  get broken(): Promise<never> {
    return this.#end.promise;
  }

  /** Ends the runner as systemd would. @returns its exit code */
  async stop(): Promise<number | null> {
    const runner = this.#runner;
    this.#stopping = true;
    if (!runner) return 0;
    if (runner.exitCode === null && runner.signalCode === null) {
      const ended = once(runner, "exit");
      runner.kill("SIGTERM");
      await ended;
    }
    return runner.exitCode;
  }
}

/** What went wrong, in the runner's own words. */
export function lastWords(mill: Mill): void {
  const lines = mill.said().trimEnd().split("\n").slice(-10);
  say(`The runner said last:\n${lines.join("\n")}`);
}

function quoted(arg: string): string {
  return /^[\w@.,:/+=-]+$/.test(arg) ? arg : `'${arg}'`;
}

function short(file: string): string {
  return file.replace(/^.*\/demo\//, "");
}
