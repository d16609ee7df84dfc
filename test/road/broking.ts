/**
 * Journeys by brokers: a mill whose posts go there, and consumers as processes of their own, with a
 * program that keeps what it is given.
 */
import { type ChildProcess, spawn } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import type { Test } from "tap";
import { bare } from "../environment.ts";
import { list, Mill, type Process, until } from "./mill.ts";

const author = "anna@x.example";

/** Keeps the message under its id and what it is told; how it ends, and when, files beside say. */
const program = `#!/bin/sh
cd "$1" || exit 1
name=$(printf %s "$LISTMILL_ID" | tr / _)
cat > "draft.$$"
mv "draft.$$" "got.$name"
echo "$LISTMILL_ID $LISTMILL_KIND $LISTMILL_LIST $LISTMILL_NUMBER $LISTMILL_MESSAGE_ID" >> log
[ -e slow ] && sleep "$(cat slow)"
[ -e "code.$name" ] && exit "$(cat "code.$name")"
exit 0
`;

/** A mill that posts are brought to, without a relay. */
export class Press {
  readonly mill: Mill;
  readonly #queues: readonly string[];

  private constructor(mill: Mill, queues: readonly string[]) {
    this.mill = mill;
    this.#queues = queues;
  }

  /** @param site lines of listmill.toml @param broker "amqp" … */
  static async make(
    home: string,
    broker: string,
    site: string,
  ): Promise<Press> {
    const mill = await Mill.make(home, {
      smtp: "smtp://127.0.0.1:9",
      members: [author],
      site: `[retry]\nfirst = "1s"\nmost = "2s"\n[runner]\nscan = "1s"\n${site}`,
      list: "[digest]\nenabled = false\n",
    });
    const queues = ["incoming", "posts", "archive", "events"];
    return new Press(mill, [
      ...queues,
      `archive-${broker}`,
      `events-${broker}`,
    ]);
  }

  /** Starts a runner of all but outbound. */
  run(failpoint = ""): Process {
    return this.mill.start(["run", ...this.#queues], failpoint);
  }

  /** Runs until nothing is due. @returns how it ended */
  async pass(failpoint = "") {
    const args = ["run", "--until-empty", ...this.#queues];
    return this.mill.start(args, failpoint).ended;
  }

  /** Runs until nothing is left, however often that takes. */
  async finish(): Promise<void> {
    const left = () =>
      this.#queues.flatMap((queue) => this.mill.entries(queue));
    await until(
      async () => {
        await this.pass();
        return left().length === 0;
      },
      () => `${left().join(" ")} to be gone`,
    );
  }

  /** Brings posts with some bytes that are not ASCII. @param size bytes of padding */
  post(ids: readonly string[], size = 0): void {
    for (const id of ids) {
      const text = `Return-Path: <${author}>\nDelivered-To: ${list}\nFrom: Änna <${author}>\nTo: ${list}\nSubject: post ${id}\nMessage-ID: <${id}@home.example>\n\nThis is \xff ${id}.\n${"x".repeat(size)}\n`;
      const draft = this.mill.spool("incoming", "tmp", id);
      writeFileSync(draft, Buffer.from(text, "latin1"), { mode: 0o640 });
      renameSync(draft, this.mill.spool("incoming", "new", id));
    }
  }

  /** The stored posts by the ids that brokers know them by. */
  stored(): Map<string, Buffer> {
    const found = new Map<string, Buffer>();
    for (const number of this.mill.archived().keys())
      found.set(
        `${list}/${number}`,
        readFileSync(
          join(this.mill.home, "archive", list, "numbers/0", `${number}`),
        ),
      );
    return found;
  }

  /** The id that brokers know a post by. @param id the one that it was brought with */
  idOf(id: string): string {
    for (const [number, messageId] of this.mill.archived())
      if (messageId === `<${id}@home.example>`) return `${list}/${number}`;
    throw new Error(`${id} is not stored`);
  }
}

/** A consumer, which may be stopped and started again. */
export class Taker {
  readonly dir: string;
  readonly #args: readonly string[];
  #child: ChildProcess | undefined;
  log = "";

  /**
   * @param dir an empty folder
   * @param args of `listmill consume` but --exec and --state
   */
  constructor(t: Pick<Test, "teardown">, dir: string, args: readonly string[]) {
    this.dir = dir;
    this.#args = args;
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, "program"), program);
    chmodSync(join(dir, "program"), 0o755);
    t.teardown(() => this.#child?.kill("SIGKILL"));
  }

  /** @param failpoint where it dies @returns this */
  start(failpoint = ""): this {
    const { dir } = this;
    const child = spawn(
      resolve("bin/listmill"),
      [
        ...["consume", ...this.#args, "--state", join(dir, "done.db")],
        ...["--exec", join(dir, "program"), dir],
      ],
      {
        env: { ...bare, LISTMILL_FAILPOINT: failpoint },
        stdio: ["ignore", "ignore", "pipe"],
        cwd: dir,
      },
    );
    child.stderr?.on("data", (data) => {
      this.log += data;
    });
    this.#child = child;
    return this;
  }

  /** @returns its exit code, or the signal */
  async end(signal?: "SIGTERM" | "SIGKILL"): Promise<number | string> {
    const child = this.#child;
    if (!child) throw new Error("it was not started");
    if (signal) child.kill(signal);
    await until(
      () => child.exitCode !== null || child.signalCode !== null,
      () => `a consumer to end\n${this.log}`,
    );
    return child.exitCode ?? `${child.signalCode}`;
  }

  /** The messages by their ids. */
  got(): Map<string, Buffer> {
    const found = new Map<string, Buffer>();
    for (const name of readdirSync(this.dir))
      if (name.startsWith("got."))
        found.set(
          name.slice(4).replace("_", "/"),
          readFileSync(join(this.dir, name)),
        );
    return found;
  }

  /** The posts of them. */
  posts(): Map<string, Buffer> {
    return new Map([...this.got()].filter(([id]) => id.startsWith(list)));
  }

  /** How often the program was started for a message. */
  runs(id: string): number {
    const file = join(this.dir, "log");
    if (!existsSync(file)) return 0;
    const lines = readFileSync(file, "utf8").split("\n");
    return lines.filter((line) => line.startsWith(`${id} `)).length;
  }

  /** From now on the program takes so many seconds. */
  slow(seconds: number): void {
    writeFileSync(join(this.dir, "slow"), `${seconds}`);
  }

  /** From now on the program ends so for this message. */
  answer(id: string, code: number): void {
    writeFileSync(join(this.dir, `code.${id.replace("/", "_")}`), `${code}`);
  }

  /** Waits until it has all posts of a mill. */
  async all(press: Press, count: number): Promise<void> {
    await until(
      () => press.stored().size === count && this.posts().size === count,
      () =>
        `${count} posts, not ${this.posts().size} of ${press.stored().size}\n${this.log}\n${press.mill.left()}`,
      30,
    );
  }
}
