/**
 * A whole mill for journeys: a home with one list on real files, the real command line, and
 * runners as processes that are stopped and killed. Nothing of it is a stand-in but the relay.
 */
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { alarmIn } from "../../src/bounce/judge/alarm.ts";
import { type Standing, standings } from "../../src/engine/ledger.ts";
import { readEnvelope } from "../../src/spool/envelope.ts";
import { bare } from "../environment.ts";
import { hooksRun } from "../hookUser.ts";

const program = fileURLToPath(new URL("../../bin/listmill", import.meta.url));

const templates = new Map<string, string>();
let folder: string | undefined;

/** Removed when the process ends. */
function templatesFolder(): string {
  if (folder) return folder;
  const made = mkdtempSync(join(tmpdir(), "lm-homes-"));
  process.once("exit", () => rmSync(made, { recursive: true, force: true }));
  folder = made;
  return made;
}

/** With modes: what is secret stays so. */
function copy(from: string, to: string): void {
  execFileSync("cp", ["-a", `${from}/.`, to]);
}

/** The list that each of these homes has. */
export const list = "dev@lists.example.org";

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly output: string;
  readonly log: string;
}

export interface Process {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has said on stderr so far. */
  log(): string;
}

/** What a home may be given besides its list. */
export interface Wishes {
  readonly smtp: string;
  readonly members: readonly string[];
  readonly digestReaders?: readonly string[];
  /** Lines of listmill.toml. */
  readonly site?: string;
  /** Lines of list.toml. */
  readonly list?: string;
}

export class Mill {
  readonly home: string;

  private constructor(home: string) {
    this.home = home;
  }

  /** Makes a home in an empty folder; one like another of this process is a copy of that. */
  static async make(home: string, wishes: Wishes): Promise<Mill> {
    const mill = new Mill(home);
    const key = JSON.stringify({ ...wishes, smtp: "" });
    const like = templates.get(key);
    if (like) {
      copy(like, home);
      mill.settle(wishes.site ?? "", wishes.smtp);
      return mill;
    }
    await mill.tell(["init"]);
    mill.settle(wishes.site ?? "", wishes.smtp);
    await mill.tell(["list", "create", list]);
    writeFileSync(join(home, "lists", list, "list.toml"), wishes.list ?? "");
    await mill.tell(["member", "add", list, ...wishes.members]);
    if (wishes.digestReaders)
      await mill.tell([
        ...["member", "add", list, "--digest"],
        ...wishes.digestReaders,
      ]);
    // What lies in a database besides is not copied.
    if (!/^\[state\]/m.test(wishes.site ?? "")) {
      const template = mkdtempSync(join(templatesFolder(), "home-"));
      copy(home, template);
      templates.set(key, template);
    }
    return mill;
  }

  /** A home that was copied from another. */
  static at(home: string): Mill {
    return new Mill(home);
  }

  /** Writes listmill.toml. @param site its lines besides the relay's address */
  settle(site: string, smtp: string): void {
    const [before = "", after = ""] = site.split(/^\[outbound\]$/m);
    writeFileSync(
      join(this.home, "listmill.toml"),
      hooksRun(`${before}\n[outbound]\nsmtp = "${smtp}"\n${after}`),
    );
  }

  /**
   * @param host that it takes itself to be on; this one by default
   * @param variables of its environment besides
   */
  start(
    args: readonly string[],
    failpoint = "",
    input = "",
    host = "",
    variables: Readonly<Record<string, string>> = {},
  ): Process {
    const child = spawn(program, ["--home", this.home, ...args], {
      env: {
        ...bare,
        LISTMILL_FAILPOINT: failpoint,
        LISTMILL_HOST: host,
        ...variables,
      },
      stdio: ["pipe", "pipe", "pipe"],
    });
    let log = "";
    let output = "";
    child.stdout.on("data", (data) => {
      output += data;
    });
    child.stderr.on("data", (data) => {
      log += data;
    });
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    const ended = new Promise<Ended>((resolve) =>
      child.on("close", (code, signal) =>
        resolve({ code, signal, output, log }),
      ),
    );
    return { child, ended, log: () => log };
  }

  /** Runs a command that must succeed. @returns what it printed */
  async tell(args: readonly string[], input = ""): Promise<string> {
    const { code, output, log } = await this.start(args, "", input).ended;
    if (code !== 0)
      throw new Error(`listmill ${args.join(" ")}: ${code} ${log}`);
    return output;
  }

  /** Runs until nothing is left in the spool, however often that takes. @returns the logs */
  async finish(): Promise<string> {
    let logs = "";
    await until(
      async () => {
        const run = await this.start(["run", "--until-empty"]).ended;
        logs += run.log;
        if (run.code !== 0) throw new Error(`run: ${run.code} ${run.log}`);
        return this.left().length === 0;
      },
      () => `the spool to be empty; left: ${this.left().join(" ")}\n${logs}`,
    );
    return logs;
  }

  /** Brings a message by the MTA's pipe. */
  async receive(id: string, from: string): Promise<void> {
    await this.tell(["receive", "--sender", from, list], post(id, from));
  }

  /** Brings a message as an MTA does that delivers into the Maildir. */
  drop(id: string, from: string): void {
    const text = `Return-Path: <${from}>\nDelivered-To: ${list}\n${post(id, from)}`;
    const draft = join(this.spool("incoming", "tmp"), id);
    writeFileSync(draft, text, { mode: 0o640 });
    renameSync(draft, join(this.spool("incoming", "new"), id));
  }

  spool(...path: string[]): string {
    return join(this.home, "spool", ...path);
  }

  /** Whatever lies in any queue's tmp, new and cur, but for what is on the calendar. */
  left(): string[] {
    return this.#everything().filter((path) => !this.#isFarOff(path));
  }

  /** Entries that are not due for an hour: alarms of digests. */
  calendar(): string[] {
    return this.#everything().filter((path) => this.#isFarOff(path));
  }

  /** A look at the bounces of a day may be due in a moment, when the day is nearly over. */
  #isFarOff(path: string): boolean {
    const due = Number(/\/new\/(\d{10})\./.exec(path)?.[1] ?? 0) * 1000;
    if (due <= Date.now()) return false;
    const entry = path.startsWith(this.home) ? path : this.spool(path);
    const read = readEnvelope(entry);
    const { extension = "" } = read.kind === "envelope" ? read.envelope : {};
    return due > Date.now() + 3_600_000 || alarmIn(extension) !== undefined;
  }

  #everything(): string[] {
    const found: string[] = [];
    for (const queue of names(this.spool()))
      for (const place of ["tmp", "new", "cur"])
        for (const file of names(this.spool(queue, place)))
          found.push(join(queue, place, file));
    return found;
  }

  /** The folders of all entries of a queue, claimed or not. */
  entries(queue: string): string[] {
    const folders = names(this.spool(queue, "cur")).map((node) =>
      this.spool(queue, "cur", node),
    );
    return [this.spool(queue, "new"), ...folders].flatMap((folder) =>
      names(folder).map((name) => join(folder, name)),
    );
  }

  /** The recipients of an entry, and what is noted of each. */
  recipients(entry: string): Standing[] {
    const read = readEnvelope(entry);
    return read.kind === "envelope"
      ? standings(entry, read.envelope.portion)
      : [];
  }

  /** How many entries wait or are at work. */
  busy(): number {
    return names(this.spool())
      .map(
        (queue) =>
          this.entries(queue).filter((it) => !this.#isFarOff(it)).length,
      )
      .reduce((sum, count) => sum + count, 0);
  }

  /** The archive: number and Message-ID of each post. */
  archived(): Map<number, string> {
    const root = join(this.home, "archive", list, "numbers");
    const found = new Map<number, string>();
    for (const thousand of names(root))
      if (thousand !== "recent")
        for (const number of names(join(root, thousand)))
          found.set(
            Number(number),
            idOf(readFileSync(join(root, thousand, number), "utf8")),
          );
    return found;
  }

  /** The archive where people look: the numbers in the folders of the months. */
  shelved(): number[] {
    const root = join(this.home, "archive", list);
    return names(root)
      .filter((name) => /^\d{4}$/.test(name))
      .flatMap((year) =>
        names(join(root, year)).map((at) => join(root, year, at)),
      )
      .flatMap(names)
      .map((file) => Number.parseInt(file, 10))
      .sort((a, b) => a - b);
  }
}

export function idOf(text: string): string {
  return /^message-id:\s*(\S+)/im.exec(text)?.[1] ?? "";
}

/** A post with a Message-ID of its own. */
export function post(id: string, from: string): string {
  return [
    `From: <${from}>`,
    `To: <${list}>`,
    `Subject: post ${id}`,
    `Message-ID: <${id}@home.example>`,
    "Date: Mon, 20 Jul 2026 10:00:00 +0000",
    "",
    `This is post ${id}.`,
    "",
  ].join("\n");
}

export function names(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw error;
  }
}

/** Waits for a condition, looking again and again; throws after a time that no machine needs. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: () => string,
  seconds = 60,
): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`waited in vain for ${what()}`);
    await sleep(25);
  }
}
