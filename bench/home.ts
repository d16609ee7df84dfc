/**
 * A home to measure: made by the command line, filled with posts as an MTA would leave them, and
 * run by runners of their own processes. It is gone when the bench ends.
 */
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { hooksRun } from "../test/hookUser.ts";
import { atEnd } from "./ending.ts";
import { place } from "./place.ts";
import type { Program } from "./process.ts";
import { type Ended, run } from "./programs.ts";

const program = resolve(import.meta.dirname, "../bin/listmill");
export const LIST = "bench@lists.example";
const LINE = `${"x".repeat(69)}\n`;
/** Members that are written at once. */
const CHUNK = 10_000;

export interface Making {
  /** Where mail goes. */
  readonly smtp?: string;
  /** How many the list has. */
  readonly members?: number;
  /** The folder that it lies in; the place of all homes without it. */
  readonly root?: string;
}

/** Settings under [outbound]. */
export type Outbound = Readonly<Record<string, number>>;

/** How a runner's run to the end of its work went. */
export interface Ran extends Ended {
  /** Recipients that got it. */
  readonly sent: number;
}

export class Home {
  readonly dir: string;
  readonly #smtp: string;
  readonly #kept: () => void;
  #posted = 0;

  private constructor(root: string, smtp: string) {
    this.dir = mkdtempSync(join(root, "home-"));
    this.#smtp = smtp;
    this.#kept = atEnd(() => this.#clear());
  }

  static async make(making: Making): Promise<Home> {
    const { smtp = "smtp://127.0.0.1:25", root = place() } = making;
    const home = new Home(root, smtp);
    await home.call(["init"]);
    home.configure({});
    await home.list(LIST, making.members ?? 0);
    return home;
  }

  /** Writes the site's settings. No limit of messages a minute, where none is told. */
  configure(outbound: Outbound, smtp = this.#smtp): void {
    const settings = Object.entries({ rate: 0, ...outbound }).map(
      ([name, value]) => `${name} = ${value}\n`,
    );
    const text = `hostname = "lists.example"\n[hooks]\n[outbound]\nsmtp = "${smtp}"\n${settings.join("")}`;
    writeFileSync(join(this.dir, "listmill.toml"), hooksRun(text));
  }

  /** A list to which anybody may post. @param domain of the members, after the name of a host */
  async list(
    address: string,
    members: number,
    domain = "example",
  ): Promise<void> {
    await this.call(["list", "create", address, "policy=open"]);
    if (members === 0) return;
    const path = join(this.dir, "members");
    const file = openSync(path, "w");
    for (let from = 0; from < members; from += CHUNK) {
      const size = Math.min(CHUNK, members - from);
      const lines = Array.from({ length: size }, (_, n) => {
        const number = from + n;
        return `member${number}@host${number % 97}.${domain}\n`;
      });
      writeSync(file, lines.join(""));
    }
    closeSync(file);
    await this.call(["member", "import", address, path]);
    rmSync(path);
  }

  /** Drops shell hooks that do nothing into the posts' approve stage. */
  addShellHooks(count: number): void {
    const folder = join(this.dir, "hooks.d/posts/10-approve");
    mkdirSync(folder, { recursive: true });
    for (let n = 0; n < count; n += 1)
      writeFileSync(join(folder, `5${n}-nothing`), "#!/bin/sh\nexit 0\n", {
        mode: 0o755,
      });
  }

  /** Leaves posts of some bytes in the Maildir. */
  post(count: number, size: number, list = LIST): void {
    const body = LINE.repeat(Math.ceil(size / LINE.length));
    for (let n = 0; n < count; n += 1) {
      this.#posted += 1;
      const name = `1700000000.M${this.#posted}.bench`;
      const draft = join(this.dir, "spool/incoming/tmp", name);
      writeFileSync(
        draft,
        `Return-Path: <author@bench.example>\nDelivered-To: ${list}\nReceived: by bench\n` +
          `From: author@bench.example\nSubject: ${name}\nMessage-ID: <${name}@bench.example>\n\n${body}`,
      );
      renameSync(draft, join(this.dir, "spool/incoming/new", name));
    }
  }

  /**
   * Runs the mill until nothing is due, in so many processes at once.
   * @param queues all of them without it
   * Throws where anything is left of what these queues had.
   */
  async run(queues: readonly string[] = [], processes = 1): Promise<Ran> {
    const runner = this.runner([...queues, "--until-empty"]);
    const ended = await run(...Array(processes).fill(runner));
    this.#mustBeThrough(queues);
    return { ...ended, sent: sentBy(ended.stderr.join("")) };
  }

  /** A runner, not started yet. */
  runner(args: readonly string[] = []): Program {
    return this.#program(["run", ...args]);
  }

  /** A verb of the command line. Throws what it says where it fails. */
  call(args: readonly string[]): Promise<Ended> {
    return run(this.#program(args));
  }

  /** How many entries wait in a queue and are due. */
  waiting(queue: string): number {
    const now = Date.now() / 1000;
    return namesIn(join(this.dir, "spool", queue, "new")).filter(
      (name) => Number.parseInt(name, 10) <= now,
    ).length;
  }

  /** How many entries there are in some queues, due or not, at work or not. */
  entries(queues: readonly string[]): number {
    let sum = 0;
    for (const queue of queues) {
      const folder = join(this.dir, "spool", queue);
      sum += namesIn(join(folder, "new")).length;
      for (const node of namesIn(join(folder, "cur")))
        sum += namesIn(join(folder, "cur", node)).length;
    }
    return sum;
  }

  /** Changes a setting of the list, such as `verp=always`. */
  async set(setting: string): Promise<void> {
    await this.call(["list", "set", LIST, setting]);
  }

  /** Throws away all mail of a mill that no runner runs. */
  empty(): void {
    for (const folder of this.#queues())
      for (const state of ["tmp", "new", "cur"])
        for (const name of namesIn(join(folder, state)))
          rmSync(join(folder, state, name), { recursive: true });
  }

  /**
   * Bytes on disk of mail and state; the database with the members left out. What goes away
   * meanwhile is not counted.
   */
  get usage(): number {
    const seen = new Set<number>();
    const of = (path: string): number => {
      const stat = statSync(path, { throwIfNoEntry: false });
      if (!stat || seen.has(stat.ino)) return 0;
      if (stat.nlink > 1 && !stat.isDirectory()) seen.add(stat.ino);
      let sum = stat.blocks * 512;
      if (stat.isDirectory())
        for (const name of namesIn(path))
          if (!name.startsWith("listmill.db")) sum += of(join(path, name));
      return sum;
    };
    return of(join(this.dir, "spool")) + of(join(this.dir, "state"));
  }

  remove(): void {
    this.#clear();
    this.#kept();
  }

  #clear(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  #mustBeThrough(queues: readonly string[]): void {
    const left = (name: string) => this.waiting(name);
    const all = this.#queues().map((folder) => folder.split("/").at(-1) ?? "");
    for (const name of queues.length === 0 ? all : [...queues, "failed"])
      if (left(name) > 0)
        throw new Error(`${left(name)} entries are left in ${name}`);
  }

  #queues(): string[] {
    const spool = join(this.dir, "spool");
    return namesIn(spool)
      .map((name) => join(spool, name))
      .filter((folder) => existsSync(join(folder, "new")));
  }

  #program(args: readonly string[]): Program {
    return {
      file: program,
      args,
      environment: { LISTMILL_HOME: this.dir },
    };
  }
}

/** Recipients that a runner has sent to. @param log what it printed */
export function sentBy(log: string): number {
  let sum = 0;
  for (const [, count] of log.matchAll(/: sent (\d+)/g)) sum += Number(count);
  return sum;
}

/** What was measured is what was to be done. Throws where it is not. */
export function mustHaveSent(ran: Ran, recipients: number): Ran {
  if (ran.sent === recipients) return ran;
  throw new Error(`sent to ${ran.sent} of ${recipients} recipients`);
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
