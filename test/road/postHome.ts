/**
 * A home as a site has it beside its MTA: it belongs to an account, all commands run under that
 * account, and a runner works all the while until SIGTERM ends it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { until } from "./mill.ts";
import type { Account } from "./servers.ts";

const program = join(import.meta.dirname, "../../bin/listmill");

/** Where what Node compiles for an account is kept from one home to the next. */
function compiled(uid: number, gid: number): string {
  const folder = join(import.meta.dirname, `../../node_modules/.cache/${uid}`);
  mkdirSync(folder, { recursive: true });
  chownSync(folder, uid, gid);
  return folder;
}

/** A line of `listmill queue --json`. */
export interface Waiting {
  readonly queue: string;
  readonly entry: string;
  readonly error: string;
  readonly next: string;
}

export class PostHome {
  readonly dir: string;
  readonly #account: Account;
  #log = "";

  private constructor(dir: string, account: Account) {
    this.dir = dir;
    this.#account = account;
  }

  /** @param settings lines of listmill.toml */
  static async make(
    dir: string,
    account: Account,
    settings: string,
  ): Promise<PostHome> {
    mkdirSync(dir);
    chownSync(dir, account.uid, account.gid);
    const home = new PostHome(dir, account);
    await home.tell("init");
    writeFileSync(join(dir, "listmill.toml"), settings);
    return home;
  }

  /** Runs a command that must succeed. @returns what it printed */
  async tell(...args: string[]): Promise<string> {
    return this.give("", ...args);
  }

  /** The same, with something on stdin. */
  async give(input: string, ...args: string[]): Promise<string> {
    const child = this.#start(args);
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
    let output = "";
    let errors = "";
    child.stdout?.on("data", (data) => {
      output += data;
    });
    child.stderr?.on("data", (data) => {
      errors += data;
    });
    const [code] = await once(child, "close");
    if (code !== 0)
      throw new Error(`listmill ${args.join(" ")}: ${code} ${errors}`);
    return output;
  }

  /**
   * Starts a runner, which is ended with the test.
   * @param words after `run`
   * @param ready what it says when it is there
   * @returns how it ends when it is asked to
   */
  async run(
    t: Pick<Test, "teardown">,
    words: readonly string[] = [],
    ready = / runs .*incoming/,
  ): Promise<() => Promise<number | null>> {
    const child = this.#start(["run", ...words]);
    const ended = once(child, "close");
    child.stdout?.resume();
    child.stderr?.on("data", (data) => {
      this.#log += data;
    });
    const stop = async () => {
      child.kill("SIGTERM");
      const [code] = await ended;
      return code as number | null;
    };
    t.teardown(stop);
    await this.logged(ready);
    return stop;
  }

  /** What the runner has said. */
  get log(): string {
    return this.#log;
  }

  /** Waits for words of the runner. @param from where in its log to begin */
  async logged(words: RegExp, from = 0): Promise<void> {
    await until(
      () => words.test(this.#log.slice(from)),
      () => `${words} in the runner's log:\n${this.#log}`,
    );
  }

  async queue(): Promise<Waiting[]> {
    return JSON.parse(await this.tell("queue", "--json"));
  }

  /** Waits until nothing is due. @param but queues that nothing runs in */
  async idle(...but: string[]): Promise<void> {
    let left: Waiting[] = [];
    await until(
      async () => {
        left = await this.queue();
        return left.every(
          ({ queue, next }) =>
            but.includes(queue) || !/^(now|at work)/.test(next),
        );
      },
      () => `nothing to be due: ${JSON.stringify(left)}\n${this.#log}`,
    );
  }

  /**
   * A part of what `listmill aliases` prints, with the account filled in.
   * @param headings lines that begin with these, one after the other; the part follows the last
   */
  async aliases(mta: string, ...headings: string[]): Promise<string> {
    const lines = (await this.tell("aliases", "--mta", mta)).split("\n");
    let at = 0;
    for (const heading of headings) {
      at = lines.findIndex(
        (line, index) => index >= at && line.startsWith(`# ${heading}`),
      );
      if (at < 0) throw new Error(`nothing about "${heading}" is printed`);
    }
    const rest = lines.slice(at + 1);
    const end = rest.findIndex((line) => line === "" || line.startsWith("#"));
    const { name, uid, gid } = this.#account;
    return `${rest.slice(0, end < 0 ? rest.length : end).join("\n")}\n`
      .replace(/\bUSER\b/g, name)
      .replace(/\bUID\b/g, String(uid))
      .replace(/\bGID\b/g, String(gid));
  }

  #start(args: readonly string[]): ChildProcess {
    const { uid, gid } = this.#account;
    // env -i: tap would have each Node process write into a folder that is not the account's.
    const command = [
      ...[
        "-i",
        "PATH=/usr/bin:/bin",
        `NODE_COMPILE_CACHE=${compiled(uid, gid)}`,
      ],
      ...[program, "--home", this.dir],
    ];
    return spawn("/usr/bin/env", [...command, ...args], {
      uid,
      gid,
      cwd: "/",
      stdio: ["pipe", "pipe", "pipe"],
    });
  }
}

/** The messages of a Maildir. */
export function mailsIn(maildir: string): string[] {
  let names: string[] = [];
  try {
    names = readdirSync(join(maildir, "new")).sort();
  } catch (error) {
    // A mailbox is made with its first message.
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  return names.map((name) => readFileSync(join(maildir, "new", name), "utf8"));
}

/** Waits for a message with these words. @returns it */
export async function arrived(
  maildir: string,
  words: RegExp,
  state: () => string,
): Promise<string> {
  let found: string | undefined;
  await until(
    () => {
      found = mailsIn(maildir).find((mail) => words.test(mail));
      return found !== undefined;
    },
    () => `${words} in ${maildir}\n${state()}`,
  );
  return found ?? "";
}

/** Values of a field, unfolded, in order. */
export function fieldsOf(mail: string, name: string): string[] {
  const [header = ""] = mail.split("\n\n", 1);
  return header
    .replace(/\n[ \t]+/g, " ")
    .split("\n")
    .filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}:`))
    .map((line) => line.slice(name.length + 1).trim());
}
