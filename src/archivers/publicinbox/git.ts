/**
 * git as it is used here: with settings of the repository's own only, and no shell.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Failed } from "../../base/program.ts";
import { run } from "../../base/run.ts";

const environment = {
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_TERMINAL_PROMPT: "0",
  // Only what lies there is asked for settings.
  HOME: "/nonexistent",
};

export class Git {
  readonly #repository: string;
  readonly #longest: number;

  /** @param longest milliseconds that each program may run */
  constructor(repository: string, longest: number) {
    this.#repository = repository;
    this.#longest = longest;
  }

  /** @returns what it printed, without the last line's end */
  async tell(
    args: readonly string[],
    input?: AsyncIterable<Uint8Array>,
  ): Promise<string> {
    const said = await run({
      program: "git",
      args: [`--git-dir=${this.#repository}`, ...args],
      environment,
      longest: this.#longest,
      ...(input ? { input } : {}),
    });
    return said.replace(/\n$/, "");
  }

  /** Runs the commands of git-fast-import(1): all of them, or none. On disk when this returns. */
  async import(commands: AsyncIterable<Uint8Array>): Promise<void> {
    const date = "--date-format=raw";
    try {
      await this.tell(
        ["-c", "core.fsync=all", "fast-import", "--quiet", "--done", date],
        commands,
      );
    } catch (error) {
      // It leaves a report of each failure, which nobody would ever take away.
      for (const name of readdirSync(this.#repository))
        if (name.startsWith("fast_import_crash_"))
          rmSync(join(this.#repository, name), { force: true });
      throw error;
    }
  }

  /** The branch that HEAD names, such as refs/heads/master. */
  branch(): string {
    const head = readFileSync(join(this.#repository, "HEAD"), "utf8");
    const branch = /^ref: (refs\/heads\/\S+)\n$/.exec(head)?.[1];
    if (branch !== undefined) return branch;
    throw new Error(`${this.#repository}/HEAD names no branch`);
  }

  /** The last commit; "" where there is none. */
  tip(branch: string): Promise<string> {
    return this.tell(["for-each-ref", "--format=%(objectname)", branch]);
  }

  /**
   * Whether a commit brought a blob.
   * @param tip the commit behind which it is looked for, as long as there is such a one
   */
  async hasSince(branch: string, tip: string, blob: string): Promise<boolean> {
    const [isThere, hasTip] = await this.#have(blob, tip);
    if (!isThere || (await this.tip(branch)) === "") return false;
    const since = hasTip ? `${tip}..${branch}` : branch;
    const args = ["log", "-1", "--format=%H", `--find-object=${blob}`];
    return (await this.tell([...args, since, "--"])) !== "";
  }

  /** Which of these objects are there. */
  async #have(...objects: string[]): Promise<boolean[]> {
    const wanted = objects.map((name) => `${name || "none"}\n`).join("");
    async function* input() {
      yield Buffer.from(wanted);
    }
    const said = await this.tell(["cat-file", "--batch-check"], input());
    return said.split("\n").map((line) => !line.endsWith(" missing"));
  }
}

/** A value in a file of git's settings: the one that is there, or else this one, which is set. */
export async function settingOf(
  file: string,
  name: string,
  value: string,
): Promise<string> {
  const git = (...args: string[]) =>
    run({
      program: "git",
      args: ["config", "--file", file, ...args],
      environment,
      longest: 30_000,
    });
  try {
    return (await git("--get", name)).replace(/\n$/, "");
  } catch (error) {
    // 1: it is not set.
    if (!(error instanceof Failed && error.exitCode === 1)) throw error;
  }
  await git(name, value);
  return value;
}
