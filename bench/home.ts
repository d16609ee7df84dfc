/**
 * A home to measure: made by the command line, filled with posts as an MTA would leave them, and
 * run by a runner of its own process.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { hooksRun } from "../test/hookUser.ts";
import { peakMemory } from "./measure.ts";

const program = resolve(import.meta.dirname, "../bin/listmill");
export const LIST = "bench@lists.example";
const LINE = `${"x".repeat(69)}\n`;

/** How a run went. */
export interface Run {
  readonly seconds: number;
  /** Megabytes. */
  readonly peak: number;
}

export class Home {
  readonly dir: string;
  #posted = 0;

  private constructor(dir: string) {
    this.dir = dir;
  }

  /**
   * @param smtp where mail goes
   * @param members how many the list has
   */
  static async make(smtp: string, members: number): Promise<Home> {
    const home = new Home(mkdtempSync(join(tmpdir(), "listmill-bench-")));
    await home.call(["init"]);
    const settings = join(home.dir, "listmill.toml");
    const text = readFileSync(settings, "utf8").replace(
      /^#?smtp = .*$/m,
      `smtp = "${smtp}"`,
    );
    writeFileSync(settings, hooksRun(text));
    await home.call(["list", "create", LIST, "post=anyone"]);
    const addresses = Array.from(
      { length: members },
      (_, n) => `member${n}@host${n % 97}.example\n`,
    );
    await home.call(["member", "import", LIST], addresses.join(""));
    return home;
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
  post(count: number, size: number): void {
    const body = LINE.repeat(Math.ceil(size / LINE.length));
    for (let n = 0; n < count; n += 1) {
      this.#posted += 1;
      const name = `1700000000.M${this.#posted}.bench`;
      const draft = join(this.dir, "spool/incoming/tmp", name);
      writeFileSync(
        draft,
        `Return-Path: <author@bench.example>\nDelivered-To: ${LIST}\nReceived: by bench\n` +
          `From: author@bench.example\nSubject: ${name}\nMessage-ID: <${name}@bench.example>\n\n${body}`,
      );
      renameSync(draft, join(this.dir, "spool/incoming/new", name));
    }
  }

  /** Runs the mill until nothing is due. @param queues all of them without it */
  async run(queues: readonly string[] = []): Promise<Run> {
    const from = performance.now();
    const child = spawn(
      program,
      ["run", ...queues, "--until-empty", "--rate", "0"],
      this.#options(),
    );
    const ended = once(child, "exit");
    let peak = 0;
    while (child.exitCode === null && child.signalCode === null) {
      if (existsSync(`/proc/${child.pid}/status`))
        try {
          peak = peakMemory(child.pid);
        } catch {
          break;
        }
      await Promise.race([sleep(20), ended]);
    }
    const [code] = await ended;
    if (code !== 0) throw new Error(`the runner ended with ${code}`);
    return { seconds: (performance.now() - from) / 1000, peak };
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  #options() {
    return {
      env: { ...process.env, LISTMILL_HOME: this.dir },
      stdio: ["pipe", "ignore", "ignore"] as ["pipe", "ignore", "ignore"],
    };
  }

  /** A verb of the command line. */
  async call(args: readonly string[], input = ""): Promise<void> {
    const child = spawn(program, args, this.#options());
    child.stdin?.end(input);
    const [code] = await once(child, "exit");
    if (code !== 0)
      throw new Error(`listmill ${args.join(" ")} ended with ${code}`);
  }
}
