/**
 * Hooks that are programs: given their files and variables, started by a launcher, and their
 * answer read from what they left behind in the entry's `work/` folder.
 */
import {
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { linesOfFile } from "../base/lines.ts";
import { oneLine } from "../base/log.ts";
import type { FileRange } from "../base/pieces.ts";
import { listFolder } from "../spool/spool.ts";
import type { JobResult, Launchers } from "./launcher.ts";
import type { Hook } from "./layers.ts";
import {
  type Answer,
  type Emission,
  type Outcome,
  parseOutcome,
  type Question,
} from "./question.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

export interface Limits {
  /** Milliseconds. */
  readonly timeout: number;
  /** Bytes. */
  readonly output: number;
}

export interface Workplace {
  readonly launchers: Launchers;
  readonly limits: Limits;
  /** A folder of the entry for what hooks leave; removed with it. */
  readonly work: string;
  /** Variables of the list and the site. */
  readonly environment: Readonly<Record<string, string>>;
  /** The recipients as a file, where the verb has them. */
  readonly recipients?: string;
}

const LINE = 4096;
let counter = 0;

export async function askForked(
  hook: Hook,
  question: Question,
  place: Workplace,
): Promise<Answer> {
  mkdirSync(place.work, { recursive: true });
  counter += 1;
  const base = join(place.work, String(counter));
  const stdout = `${base}.out`;
  const stderr = `${base}.err`;
  const emit = `${base}.emit`;
  const emits = question.verb === "emit" || question.verb === "consume";
  if (emits) mkdirSync(emit);
  const message = await question.file();
  const result = await place.launchers.run({
    file: hook.file,
    stdin:
      question.verb === "refine" && place.recipients
        ? place.recipients
        : message,
    stdout,
    stderr,
    environment: {
      ...place.environment,
      ...variables(question, message),
      ...(place.recipients ? { LISTMILL_RECIPIENTS: place.recipients } : {}),
      ...(emits ? { LISTMILL_EMIT: emit } : {}),
    },
    ...place.limits,
  });
  const said = head(stderr);
  if (said) question.log(said);
  const printed = head(stdout);
  const verdict = verdictOfJob(result, printed || said, hook, place.limits);
  if (emits && (verdict.kind === "pass" || verdict.kind === "skip"))
    for (const emission of emissions(emit)) question.emit(emission);
  return { verdict, line: printed, ...outputOf(question, stdout) };
}

function outputOf(question: Question, stdout: string): Partial<Answer> {
  const size = statSync(stdout, { throwIfNoEntry: false })?.size ?? 0;
  switch (question.verb) {
    case "edit":
      return size > 0
        ? { content: { printed: [{ path: stdout, start: 0, end: size }] } }
        : {};
    case "recipients":
    case "refine":
      return { lines: size > 0 ? linesOfFile(stdout) : nothing() };
    case "deliver":
      return { outcomes: size > 0 ? outcomesOf(stdout, question) : nothing() };
    default:
      return {};
  }
}

async function* nothing(): AsyncGenerator<never> {}

async function* outcomesOf(
  stdout: string,
  question: Question,
): AsyncGenerator<Outcome[]> {
  const outcomes: Outcome[] = [];
  for await (const line of linesOfFile(stdout)) {
    const outcome = parseOutcome(line);
    if (outcome) outcomes.push(outcome);
    else if (line)
      question.log(`not "address TAB sent|later|never TAB reply": ${line}`);
  }
  yield outcomes;
}

function variables(
  question: Question,
  message: string,
): Record<string, string> {
  const found: Record<string, string> = {
    LISTMILL_ID: question.id,
    LISTMILL_QUEUE: question.queue,
    LISTMILL_STAGE: question.stage,
    LISTMILL_ATTEMPT: String(question.attempt),
    LISTMILL_SENDER: question.envelope.sender,
    LISTMILL_RECIPIENT: question.envelope.recipient,
    LISTMILL_EXTENSION: question.envelope.extension ?? "",
    LISTMILL_ORIGIN: question.envelope.origin,
    LISTMILL_MESSAGE: message,
  };
  for (const [name, value] of Object.entries(question.message.variables()))
    found[`LISTMILL_${name}`] = value;
  // One line each: a launcher reads them so, and no header may bring more.
  for (const [name, value] of Object.entries(found))
    found[name] = oneLine(value, LINE);
  return found;
}

function verdictOfJob(
  result: JobResult,
  said: string,
  hook: Hook,
  limits: Limits,
): Verdict {
  switch (result.kind) {
    case "exit":
      if (result.code === 126 || result.code === 127)
        return { kind: "later", reason: startProblem(hook, said) };
      return verdictOf(result.code, said);
    case "timeout":
      return {
        kind: "later",
        reason: `ended after ${limits.timeout / 1000} s, the time limit`,
      };
    case "output":
      return {
        kind: "later",
        reason: `ended: it printed more than ${limits.output} bytes`,
      };
    case "crash":
      return { kind: "later", reason: result.reason };
  }
}

/** Why a program did not start: most often its first line. */
function startProblem(hook: Hook, said: string): string {
  const first = head(hook.file, 256, false);
  if (first.startsWith("#!") && first.endsWith("\r"))
    return `its first line ends in CRLF, so there is no such interpreter: save ${hook.file} with LF line ends`;
  if (first.startsWith("#!"))
    return `it could not be started by ${first.slice(2)}: ${said}`;
  return said || "it could not be started";
}

/** The first line of a file, made fit for one line of log unless raw. */
function head(path: string, limit = LINE, clean = true): string {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    return "";
  }
  const buffer = Buffer.alloc(limit);
  const text = buffer.toString("utf8", 0, readSync(fd, buffer));
  closeSync(fd);
  const line = text.trimStart().split("\n", 1)[0] ?? "";
  return clean ? oneLine(line, 500) : line;
}

/** Messages that a hook wrote to `<recipient>/<name>`; `<seconds>.<name>` is due then. */
function* emissions(folder: string): Generator<Emission> {
  for (const recipient of listFolder(folder).sort())
    for (const name of readdirSync(join(folder, recipient)).sort()) {
      const path = join(folder, recipient, name);
      const content: FileRange[] = [
        { path, start: 0, end: statSync(path).size },
      ];
      const due = /^(\d{10})\./.exec(name)?.[1];
      yield { recipient, content, ...(due ? { due: Number(due) } : {}) };
    }
}
