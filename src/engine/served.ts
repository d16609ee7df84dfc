/**
 * Hooks that are programs which are kept running: asked by a line, answering by a line, by the same
 * contract as those that are started for each message.
 */
import { existsSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { oneLine } from "../base/log.ts";
import { bytes, type Piece } from "../base/pieces.ts";
import { giveFolder, letRead, takeBack } from "./handover.ts";
import type { Hook } from "./layers.ts";
import {
  answerOfProgram,
  later,
  mayEmit,
  nextBase,
  type Place,
  tooMuch,
  variables,
  wholeOf,
} from "./program.ts";
import type { Reply, Request } from "./protocol.ts";
import type { Answer, Question } from "./question.ts";
import type { Servers } from "./servers.ts";
import { isTooLarge } from "./ticket.ts";
import { verdictOf } from "./verdict.ts";

export interface Workplace extends Place {
  readonly servers: Servers;
}

/** Bytes of an output in which its first line is looked for. */
const HEAD = 4096;
/** Characters of a reason. */
const REASON = 500;

export async function askServed(
  hook: Hook,
  question: Question,
  place: Workplace,
): Promise<Answer> {
  const message = await question.file();
  const request = (): Request => {
    const base = nextBase(place.work);
    const emit = mayEmit(question.verb) ? `${base}.emit` : undefined;
    const { account } = place;
    if (account) {
      letRead(account, dirname(place.work));
      giveFolder(account, base);
      if (emit) giveFolder(account, emit);
    } else if (emit) mkdirSync(emit);
    return {
      verb: question.verb,
      variables: variables(question, place, message, emit),
      message,
      recipients: place.recipients ?? null,
      emit: emit ?? null,
      output: account ? join(base, "out") : `${base}.out`,
    };
  };
  const served = await place.servers.ask(hook, place.limits, request);
  switch (served.kind) {
    case "later":
      return later(served.reason);
    case "answer":
      if (isTooLarge(served.request, place.limits))
        return later(tooMuch(place.limits));
      return answerOfReply(question, place, served.reply, served.request);
  }
}

async function answerOfReply(
  question: Question,
  { account }: Place,
  reply: Reply,
  request: Request,
): Promise<Answer> {
  const problem = account && takeBack(account, dirname(request.output));
  if (problem !== undefined) return later(problem);
  const printed = printedBy(reply, request);
  if (!printed)
    return later("it says that its output is in the file, but there is none");
  const line = await firstLine(printed);
  const reason = oneLine(reply.reason ?? line, REASON);
  const verdict = verdictOf(reply.code, reason);
  if (question.verb === "refine" && !reply.output && reply.stdout === undefined)
    return { verdict, line };
  const left = { printed, line, emit: request.emit ?? "" };
  return answerOfProgram(question, verdict, left, account);
}

/** Nothing where it should be in a file that is not there: that is no empty list. */
function printedBy(
  { output, stdout }: Reply,
  request: Request,
): readonly Piece[] | undefined {
  if (output)
    return existsSync(request.output) ? wholeOf(request.output) : undefined;
  return stdout ? [Buffer.from(stdout)] : [];
}

async function firstLine(printed: readonly Piece[]): Promise<string> {
  if (printed.length === 0) return "";
  const head = (await bytes(printed, HEAD)).toString().trimStart();
  return oneLine(head.split("\n", 1)[0] ?? "", REASON);
}
