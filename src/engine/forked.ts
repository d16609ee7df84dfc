/**
 * Hooks that are programs: given their files and variables, started by a launcher, and their
 * answer read from what they left behind in the entry's `work/` folder.
 */
import { closeSync, mkdirSync, openSync, readSync, statSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { linesOfFile } from "../base/lines.ts";
import { oneLine } from "../base/log.ts";
import { chunks } from "../base/pieces.ts";
import { replace } from "../spool/durable.ts";
import { hasCrlf, withoutCrlf } from "../spool/lineends.ts";
import { listFolder } from "../spool/spool.ts";
import { type JobResult, type Launchers, script } from "./launcher.ts";
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
  /** A folder of the entry for what hooks leave, there already; removed with it. */
  readonly work: string;
  /** Variables of the list and the site. */
  readonly environment: Readonly<Record<string, string>>;
  /** The recipients as a file, where the verb has them. */
  readonly recipients: string | undefined;
}

const LINE = 4096;
let counter = 0;

export async function askForked(
  hook: Hook,
  question: Question,
  place: Workplace,
): Promise<Answer> {
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
  const trouble = head(stderr);
  const said = shellsOwn.test(trouble) ? "" : trouble;
  const printed = head(stdout);
  const verdict = verdictOfJob(result, printed || said, hook, place.limits);
  // One line is enough where the verdict tells it.
  const isTold = "reason" in verdict && verdict.reason.includes(said);
  if (said && !isTold && !said.startsWith(script)) question.log(said);
  if (verdict.kind !== "pass" && verdict.kind !== "skip")
    return { verdict, line: printed, ...outputOf(question, stdout) };
  if (question.verb === "edit") await asStored(stdout);
  if (emits)
    for (const emission of emissions(emit)) {
      if ("problem" in emission) return later(emission.problem);
      await asStored(emission.path);
      const end = statSync(emission.path).size;
      const content = [{ path: emission.path, start: 0, end }];
      question.emit({ ...emission.to, content });
    }
  return { verdict, line: printed, ...outputOf(question, stdout) };
}

function later(reason: string): Answer {
  return { verdict: { kind: "later", reason }, line: "" };
}

/** Messages have LF line ends on disk; a hook may have made it with CRLF. */
async function asStored(path: string): Promise<void> {
  if (!hasCrlf(path)) return;
  const { size: end } = statSync(path);
  await replace(path, withoutCrlf(chunks([{ path, start: 0, end }])));
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
      if (result.code !== 0 && said.startsWith(script))
        return { kind: "later", reason: startProblem(hook, said) };
      return verdictOf(
        result.code,
        result.code > SIGNALLED ? bySignal(result.code, said) : said,
      );
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

/** Exit codes of programs that a signal ended are above this one. */
const SIGNALLED = 128;
/** What a shell writes where a signal ended the program. */
const shellsOwn =
  /^(Hangup|Quit|Illegal instruction|Trace\/breakpoint trap|Aborted|Bus error|Floating point exception|Killed|Segmentation fault|Terminated)( \(core dumped\))?$/;

function bySignal(code: number, said: string): string {
  const signal = Object.entries(constants.signals).find(
    ([, number]) => number === code - SIGNALLED,
  );
  return [signal ? `ended by ${signal[0]}` : "", said]
    .filter(Boolean)
    .join(": ");
}

/** Why a program did not start: most often its first line. */
function startProblem(hook: Hook, said: string): string {
  const first = head(hook.file, 256, false);
  if (first.startsWith("#!") && first.endsWith("\r"))
    return `its first line ends in CRLF, so there is no such interpreter: save ${hook.file} with LF line ends`;
  const interpreter = first.startsWith("#!") ? ` by ${first.slice(2)}` : "";
  const why = said.slice(script.length).replace(/^: (line )?\d+: /, "");
  return `it could not be started${interpreter}: ${why}`;
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
function* emissions(
  folder: string,
): Generator<
  | { readonly path: string; readonly to: Omit<Emission, "content"> }
  | { readonly problem: string }
> {
  for (const recipient of listFolder(folder).sort()) {
    if (!isFolder(join(folder, recipient)))
      yield {
        problem: `$LISTMILL_EMIT/${recipient} is a file: it belongs into a folder called as its recipient`,
      };
    for (const name of listFolder(join(folder, recipient)).sort()) {
      const path = join(folder, recipient, name);
      const stat = statSync(path, { throwIfNoEntry: false });
      if (!stat?.isFile()) {
        yield { problem: `$LISTMILL_EMIT/${recipient}/${name} is no file` };
        continue;
      }
      const due = /^(\d{10})\./.exec(name)?.[1];
      yield { path, to: { recipient, ...(due ? { due: Number(due) } : {}) } };
    }
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
