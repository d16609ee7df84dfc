/**
 * git as it is used here: with settings of the repository's own only, and no shell.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
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

  /** Whether a commit behind `tip` brought a blob. */
  async hasSince(branch: string, tip: string, blob: string): Promise<boolean> {
    const since = tip === "" ? branch : `${tip}..${branch}`;
    if ((await this.tip(branch)) === "") return false;
    const args = ["log", "--format=", "--raw", "--no-abbrev", "--no-renames"];
    return (await this.tell([...args, since, "--"])).includes(` ${blob} `);
  }
}

/** Sets a value in a file of git's settings, if there is none. */
export async function setIfUnset(
  file: string,
  name: string,
  value: string,
): Promise<boolean> {
  const git = (...args: string[]) =>
    run({
      program: "git",
      args: ["config", "--file", file, ...args],
      environment,
      longest: 30_000,
    });
  if (await git("--get", name).catch(() => "")) return false;
  await git(name, value);
  return true;
}
