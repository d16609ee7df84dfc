/**
 * Hooks that are programs: given their files and variables, started by a launcher, and their
 * answer read from what they left behind in the entry's `work/` folder.
 */
import { mkdirSync } from "node:fs";
import { constants } from "node:os";
import { dirname } from "node:path";
import { oneLine } from "../base/log.ts";
import { bytes } from "../base/pieces.ts";
import { giveFile, giveFolder, letRead } from "./handover.ts";
import { type JobResult, type Launchers, startTrouble } from "./launcher.ts";
import type { Hook, Verb } from "./layers.ts";
import {
  answerOfProgram,
  firstLineOf,
  type Limits,
  mayEmit,
  nextBase,
  type Place,
  startProblem,
  tooLate,
  tooMuch,
  variables,
  wholeOf,
} from "./program.ts";
import type { Answer, Question } from "./question.ts";
import { sizeOf } from "./sizes.ts";
import { signalLine, tellStderr } from "./stderr.ts";
import { isVerdict, type Verdict, verdictOf } from "./verdict.ts";

export interface Workplace extends Place {
  readonly launchers: Launchers;
}

const LINE = 4096;

export async function askForked(
  hook: Hook,
  question: Question,
  place: Workplace,
): Promise<Answer> {
  const base = nextBase(place.work);
  const stdout = `${base}.out`;
  const stderr = `${base}.err`;
  const emit = `${base}.emit`;
  const emits = mayEmit(question.verb);
  const message = await question.file();
  const { account } = place;
  if (account) {
    letRead(account, dirname(place.work));
    for (const path of [stdout, stderr]) giveFile(account, path);
    if (emits) giveFolder(account, emit);
  } else if (emits) mkdirSync(emit);
  const stdin =
    question.verb === "refine" && place.recipients ? place.recipients : message;
  const paths = { file: hook.file, stdin, stdout, stderr };
  const result = await place.launchers.run({
    ...paths,
    emit: emits ? emit : undefined,
    environment: variables(question, place, message, emits ? emit : undefined),
    ...place.limits,
  });
  const trouble = head(stderr);
  const said = signalLine.test(trouble) ? "" : trouble;
  const printed = head(stdout);
  const unable =
    result.kind === "exit" ? startTrouble(paths, result.code, said) : undefined;
  const verdict: Verdict =
    unable === undefined
      ? verdictOfJob(
          result,
          result.kind === "exit" && !isVerdict(result.code)
            ? (await lastLineOf(stderr)) || said || printed
            : reasonOf(question.verb, printed, said),
          place.limits,
        )
      : { kind: "later", reason: startProblem(hook.file, unable) };
  // Once is enough where the verdict tells it.
  const reason = "reason" in verdict ? verdict.reason : "";
  const told = unable === undefined ? reason : said;
  await tellStderr(stderr, (line) => question.log(line), told);
  const left = { printed: wholeOf(stdout), line: printed, emit };
  const answer = await answerOfProgram(question, verdict, left, account);
  return { ...answer, files: { stdout, stderr } };
}

function verdictOfJob(
  result: JobResult,
  said: string,
  limits: Limits,
): Verdict {
  switch (result.kind) {
    case "exit": {
      const { code } = result;
      return verdictOf(code, code > SIGNALLED ? bySignal(code, said) : said);
    }
    case "timeout":
      return { kind: "later", reason: tooLate(limits) };
    case "output":
      return { kind: "later", reason: tooMuch(limits) };
    case "crash":
      return { kind: "later", reason: result.reason };
  }
}

/** What a program says when it breaks stands at the end: an interpreter's error, a usage. */
async function lastLineOf(path: string): Promise<string> {
  const end = sizeOf(path);
  if (end === 0) return "";
  const start = Math.max(0, end - LINE);
  const last = await bytes([{ path, start, end }], LINE);
  const line = last.toString().trimEnd().split("\n").at(-1) ?? "";
  return signalLine.test(line) ? "" : oneLine(line, 500);
}

/** Where stdout is for data, such as addresses, it tells why only if nothing else does. */
function reasonOf(verb: Verb, printed: string, said: string): string {
  const isData = ["edit", "recipients", "refine", "deliver"].includes(verb);
  return isData ? said || printed : printed || said;
}

/** Exit codes of programs that a signal ended are above this one. */
const SIGNALLED = 128;

function bySignal(code: number, said: string): string {
  const signal = Object.entries(constants.signals).find(
    ([, number]) => number === code - SIGNALLED,
  );
  return [signal ? `ended by ${signal[0]}` : "", said]
    .filter(Boolean)
    .join(": ");
}

/** The first line of a file, made fit for one line of log. */
function head(path: string): string {
  return oneLine(firstLineOf(path, LINE), 500);
}
