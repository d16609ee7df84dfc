/**
 * What every hook that is a program has in common, however it is started: the variables that it is
 * told, and its answer as it is read from what it printed and what it left in its emit folder.
 */
import { closeSync, openSync, readSync, statSync } from "node:fs";
import { join } from "node:path";
import { isFolder } from "../base/files.ts";
import { linesOf, pagesOf } from "../base/lines.ts";
import { oneLine } from "../base/log.ts";
import {
  bytes,
  chunks,
  isRange,
  lengthOf,
  type Piece,
} from "../base/pieces.ts";
import { replace } from "../spool/durable.ts";
import { hasCrlf, withoutCrlf } from "../spool/lineends.ts";
import { listFolder } from "../spool/spool.ts";
import type { Account } from "./account.ts";
import { takeBack } from "./handover.ts";
import type { Verb } from "./layers.ts";
import {
  type Answer,
  type Emission,
  type Outcome,
  parseOutcome,
  type Question,
} from "./question.ts";
import { sizeOf } from "./sizes.ts";
import type { Verdict } from "./verdict.ts";

export interface Limits {
  /** Milliseconds. */
  readonly timeout: number;
  /** Bytes. */
  readonly output: number;
}

/** Where a program is asked about an entry. */
export interface Place {
  readonly limits: Limits;
  /** A folder of the entry for what hooks leave, there already; removed with it. */
  readonly work: string;
  /** Variables of the list and the site. */
  readonly environment: Readonly<Record<string, string>>;
  /** The recipients as a file, where the verb has them. */
  readonly recipients: string | undefined;
  /** Whose account programs run under; undefined: the runner's. */
  readonly account: Account | undefined;
}

/** What a program left behind. */
export interface Left {
  /** Its output. */
  readonly printed: readonly Piece[];
  /** The first line of it. */
  readonly line: string;
  /** The folder of its messages; read where the verb may emit. */
  readonly emit: string;
}

/** Most bytes of what a program answers to a request. */
const ANSWER = 64 * 1024;
/** Most characters of a variable that a message fills. */
const LINE = 4096;
let asked = 0;

/** The path that the files of one more program begin with. */
export function nextBase(work: string): string {
  asked += 1;
  return join(work, String(asked));
}

/** Whether hooks of a verb are given a folder for messages that follow. */
export function mayEmit(verb: Verb): boolean {
  return verb === "emit" || verb === "answer" || verb === "consume";
}

/**
 * All that a program is told of one message, as variables of one line each.
 * @param message the path of the message
 * @param emit the folder for messages that follow, where there is one
 */
export function variables(
  question: Question,
  place: Place,
  message: string,
  emit: string | undefined,
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
    ...(question.envelope.number === undefined
      ? {}
      : { LISTMILL_NUMBER: String(question.envelope.number) }),
    LISTMILL_MESSAGE: message,
    ...(question.trial ? { LISTMILL_TRIAL: "1" } : {}),
    ...(question.request
      ? {
          LISTMILL_COMMAND: question.request.name,
          LISTMILL_ARGUMENTS: question.request.rest,
        }
      : {}),
  };
  for (const [name, value] of Object.entries(question.message.variables()))
    found[`LISTMILL_${name}`] = value;
  // One line each: a launcher reads them so, and no header may bring more.
  for (const [name, value] of Object.entries(found))
    found[name] = oneLine(value, LINE);
  return {
    ...place.environment,
    ...found,
    ...(place.recipients ? { LISTMILL_RECIPIENTS: place.recipients } : {}),
    ...(emit ? { LISTMILL_EMIT: emit } : {}),
  };
}

/** The answer of a program that came to a verdict. */
export async function answerOfProgram(
  question: Question,
  verdict: Verdict,
  { printed, line, emit }: Left,
  account: Account | undefined,
): Promise<Answer> {
  const { kind } = verdict;
  if (kind === "later" || kind === "discard")
    return { verdict, line, ...outputOf(question, printed) };
  // A file that another account can still write to must not go on as the message.
  const isForeign = account !== undefined;
  const output =
    question.verb === "edit" ? await asStored(printed, isForeign) : printed;
  if (mayEmit(question.verb)) {
    const problem = account && takeBack(account, emit);
    if (problem !== undefined) return later(problem);
    for (const emission of emissions(emit)) {
      if ("problem" in emission) return later(emission.problem);
      const content = await asStored(wholeOf(emission.path), isForeign);
      question.emit({ ...emission.to, content });
    }
  }
  const text =
    question.verb === "answer"
      ? { text: (await bytes(printed, ANSWER)).toString("utf8").toWellFormed() }
      : {};
  return { verdict, line, ...text, ...outputOf(question, output) };
}

export function later(reason: string): Answer {
  return { verdict: { kind: "later", reason }, line: "" };
}

/** Why a program that took too long was ended. */
export function tooLate({ timeout }: Limits): string {
  return `ended after ${timeout / 1000} s, the time limit`;
}

/** Why a program that printed too much was ended. */
export function tooMuch({ output }: Limits): string {
  return `ended: it printed more than ${output} bytes`;
}

/** Why a program did not start: most often its first line. @param why in a shell's words */
export function startProblem(file: string, why: string): string {
  const first = firstLineOf(file, 256);
  if (first.startsWith("#!") && first.endsWith("\r"))
    return `its first line ends in CRLF, so there is no such interpreter: save ${file} with LF line ends`;
  const interpreter = first.startsWith("#!") ? ` by ${first.slice(2)}` : "";
  return `it could not be started${interpreter}: ${why}`;
}

/** The first line of a file that is not blank; "" where it cannot be read. @param limit bytes */
export function firstLineOf(path: string, limit: number): string {
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    return "";
  }
  const buffer = Buffer.alloc(limit);
  const text = buffer.toString("utf8", 0, readSync(fd, buffer));
  closeSync(fd);
  return text.trimStart().split("\n", 1)[0] ?? "";
}

/** A file as content; none where it is not there or empty. */
export function wholeOf(path: string): Piece[] {
  const end = sizeOf(path);
  return end > 0 ? [{ path, start: 0, end }] : [];
}

/** Messages have LF line ends on disk; a hook may have made it with CRLF. */
async function asStored(
  pieces: readonly Piece[],
  anew: boolean,
): Promise<readonly Piece[]> {
  const [piece] = pieces;
  if (piece === undefined) return pieces;
  if (!isRange(piece)) {
    const end = piece.indexOf(10);
    if (end < 1 || piece[end - 1] !== 13) return pieces;
    return Array.fromAsync(withoutCrlf(chunks(pieces)));
  }
  const crlf = hasCrlf(piece.path);
  if (!crlf && !anew) return pieces;
  const content = chunks(pieces);
  await replace(piece.path, crlf ? withoutCrlf(content) : content);
  return wholeOf(piece.path);
}

function outputOf(
  question: Question,
  printed: readonly Piece[],
): Partial<Answer> {
  const some = lengthOf(printed) > 0;
  switch (question.verb) {
    case "edit":
      return some ? { content: { printed } } : {};
    case "recipients":
    case "refine":
      return { lines: some ? pagesOf(chunks(printed)) : nothing() };
    case "deliver":
      return { outcomes: some ? outcomesOf(printed, question) : nothing() };
    default:
      return {};
  }
}

async function* nothing(): AsyncGenerator<never> {}

async function* outcomesOf(
  printed: readonly Piece[],
  question: Question,
): AsyncGenerator<Outcome[]> {
  const outcomes: Outcome[] = [];
  for await (const line of linesOf(chunks(printed))) {
    const outcome = parseOutcome(line);
    if (outcome) outcomes.push(outcome);
    else if (line)
      question.log(`not "address TAB sent|later|never TAB reply": ${line}`);
  }
  yield outcomes;
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
