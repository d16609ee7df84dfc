/**
 * A program that is kept and answers by lines: what goes in, what comes out, and its end. It leads
 * a process group, which ends with it. When the mill dies it reads the end of its input.
 */
import { once } from "node:events";
import { oneLine } from "../base/log.ts";
import { startProblem } from "./program.ts";
import { LONGEST } from "./protocol.ts";
import type { Ended, Running } from "./start.ts";

/** Who is told of a program what happens, as it happens. */
export interface Listener {
  /** A line of stdout, without its line end. */
  line(text: string): void;
  /** A line of stderr. */
  said(text: string): void;
  /** It is gone. @param reason why, with the last words that it wrote to stderr */
  ended(reason: string): void;
}

/** Milliseconds that it has to end by itself, and once more after SIGTERM. */
const GRACE = 2000;
/** Milliseconds to wait for what a dead one has written, and for the end of a silent one. */
const LAST_WORDS = 500;
/** Characters of a line of stderr that are kept. */
const WORDS = 500;
/** What the shell says that could not start it (start.sh). */
const unableLine = /^listmill: (?:line )?\d+: (?:exec: )?(.*)$/;

export class Coprocess {
  readonly #file: string;
  readonly #program: Running;
  readonly #listener: Listener;
  readonly #gone = Promise.withResolvers<void>();
  #rest: Buffer[] = [];
  #length = 0;
  #errors = "";
  #lastSaid = "";
  #why: string | undefined;

  /**
   * @param file what was started
   * @param program it, with its stderr read
   */
  constructor(file: string, program: Running, listener: Listener) {
    this.#file = file;
    this.#program = program;
    this.#listener = listener;
    const { stdout, stderr } = program;
    stdout?.on("data", (chunk: Buffer) => this.#read(chunk));
    stderr?.on("data", (chunk: Buffer) => this.#hear(chunk));
    const silent = stdout ? once(stdout, "close") : undefined;
    const silence = Promise.allSettled([
      silent,
      stderr && once(stderr, "close"),
    ]);
    silent?.then(
      () => this.#stopped(),
      () => {},
    );
    void program.ended.then((ended) => this.#end(ended, silence));
  }

  send(line: string): void {
    this.#program.stdin?.write(line);
  }

  /** Ends it and all that it has started, at once. @param reason told to the listener */
  kill(reason: string): void {
    this.#why ??= reason;
    this.#program.signal("SIGKILL");
  }

  /** Tells it that there is no more, and helps if it does not end. */
  async finish(): Promise<void> {
    this.#program.stdin?.end();
    const help = ["SIGTERM", "SIGKILL"] as const;
    const timers = help.map((signal, n) =>
      setTimeout(() => this.#program.signal(signal), (n + 1) * GRACE),
    );
    await this.#gone.promise;
    for (const timer of timers) clearTimeout(timer);
  }

  #read(chunk: Buffer): void {
    let from = 0;
    for (let to = chunk.indexOf(10); to >= 0; to = chunk.indexOf(10, from)) {
      const text = this.#withRest(chunk.subarray(from, to)).toString();
      from = to + 1;
      // What comes after the line that it was killed for counts no more.
      if (this.#why === undefined) this.#listener.line(text);
    }
    const left = chunk.subarray(from);
    this.#length += left.length;
    if (this.#length > LONGEST) {
      this.#rest = [];
      this.kill(`it answered a line of more than ${LONGEST} bytes`);
    } else if (left.length > 0) this.#rest.push(left);
  }

  #withRest(end: Buffer): Buffer {
    if (this.#length === 0) return end;
    const line = Buffer.concat([...this.#rest, end]);
    this.#rest = [];
    this.#length = 0;
    return line;
  }

  #hear(chunk: Buffer): void {
    const lines = (this.#errors + chunk.toString()).split("\n");
    this.#errors = (lines.pop() ?? "").slice(0, WORDS);
    for (const line of lines) this.#say(line);
  }

  #say(line: string): void {
    const text = oneLine(line, WORDS);
    if (text === "") return;
    this.#lastSaid = text;
    if (unableLine.test(text)) return;
    this.#listener.said(text);
  }

  /** One that closed its stdout and lives on answers nothing any more. */
  #stopped(): void {
    const timer = setTimeout(
      () => this.kill("it closed its stdout"),
      LAST_WORDS,
    );
    void this.#gone.promise.then(() => clearTimeout(timer));
  }

  /** What it answered before it ended counts; what it started may hold its stdout open. */
  async #end(ended: Ended, silence: Promise<unknown>): Promise<void> {
    const enough = Promise.withResolvers<void>();
    const timer = setTimeout(enough.resolve, LAST_WORDS);
    await Promise.race([silence, enough.promise]);
    clearTimeout(timer);
    this.#say(this.#errors);
    this.#listener.ended(this.#why ?? this.#how(ended));
    this.#gone.resolve();
  }

  #how({ code, signal, trouble }: Ended): string {
    const unable = unableLine.exec(this.#lastSaid)?.[1];
    if (unable !== undefined) return startProblem(this.#file, unable);
    const words = this.#lastSaid ? `: ${this.#lastSaid}` : "";
    if (signal) return `ended by ${signal}${words}`;
    if (code === undefined) return `it could not be started: ${trouble}`;
    return `ended with exit code ${code}${words}`;
  }
}
