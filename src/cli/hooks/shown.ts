/**
 * What came of a hook that was tried, for a person and as JSON. Text of strangers is made harmless
 * to a terminal; large answers are cut, with a word of how much more there is.
 */
import { closeSync, openSync, readSync } from "node:fs";
import type { Change } from "../../base/diff.ts";
import { linesOf } from "../../base/lines.ts";
import { chunks, lengthOf, type Piece, slice } from "../../base/pieces.ts";
import { countLines } from "../../engine/foresight.ts";
import type { NotAsked, Tried } from "../../engine/trial.ts";
import { codes, type Verdict } from "../../engine/verdict.ts";
import type { Message } from "../../mail/message.ts";
import { type Changes, changesOf } from "./change.ts";

/** Changed lines of a body that are shown. */
const BODY = 50;
/** Addresses, and emitted messages, that are shown. */
const FIRST = 10;
/** Bytes of what a program printed that are shown. */
const PRINTED = 64 * 1024;
/** Characters of a line that are shown. */
const LINE = 300;

/** All that there is to tell of a hook, small enough to print. */
export interface Shown {
  readonly hook: string;
  readonly layer: string;
  readonly how: string;
  readonly asked: boolean;
  /** Why it was not asked. */
  readonly why?: string;
  readonly verdict?: Verdict["kind"];
  readonly reason?: string;
  /** The verdict's exit code. */
  readonly code?: number;
  readonly observed?: boolean;
  readonly milliseconds?: number;
  /** `route`: the queue. */
  readonly queue?: string;
  readonly changes?: Changes;
  readonly recipients?: Recipients;
  readonly emits?: readonly Emitted[];
  readonly stdout?: string;
  readonly stderr?: string;
  /** What it said in the log. */
  readonly log?: readonly string[];
}

interface Recipients {
  /** Addresses before, given by this hook, and after. */
  readonly before: number;
  readonly given?: number;
  readonly after: number;
  readonly first: readonly string[];
}

interface Emitted {
  readonly recipient: string;
  /** Bytes. */
  readonly size: number;
  /** Seconds since 1970. */
  readonly due?: number;
}

export async function shownOf(
  tried: Tried<Message> | NotAsked,
): Promise<Shown> {
  const { hook, stage } = tried;
  const base = { hook: hook.path, layer: hook.layer, how: hook.how };
  if (!tried.asked) return { ...base, asked: false, why: tried.why };
  const { verdict, observed, milliseconds, answer, emissions } = tried;
  const changed = tried.before !== tried.after;
  const hasList = stage.verb === "recipients" || stage.verb === "refine";
  // A message or a list is shown in another way.
  const shows = stage.verb !== "edit" && !hasList;
  return {
    ...base,
    asked: true,
    verdict: verdict.kind,
    ...("reason" in verdict ? { reason: verdict.reason } : {}),
    code: codes[verdict.kind],
    observed,
    milliseconds: Math.round(milliseconds * 100) / 100,
    ...(stage.verb === "route" && answer.line ? { queue: answer.line } : {}),
    ...(changed ? { changes: await changesOf(tried.before, tried.after) } : {}),
    ...(hasList ? { recipients: await recipientsOf(tried) } : {}),
    ...(emissions.length > 0
      ? {
          emits: emissions.map((each) => ({
            recipient: each.recipient,
            size: lengthOf(each.content ?? tried.after.pieces()),
            ...(each.due === undefined ? {} : { due: each.due }),
          })),
        }
      : {}),
    ...(answer.text && !answer.files ? { stdout: answer.text } : {}),
    ...(answer.files
      ? {
          ...(shows ? { stdout: textOf(answer.files.stdout) } : {}),
          stderr: textOf(answer.files.stderr),
        }
      : {}),
    log: answer.files ? [] : tried.said,
  };
}

async function recipientsOf(tried: Tried<Message>): Promise<Recipients> {
  const isRefined = tried.stage.verb === "refine";
  const given = isRefined ? tried.addressesAfter : tried.given;
  return {
    before: await countLines(tried.addressesBefore),
    ...(isRefined ? {} : { given: await countLines(given) }),
    after: await countLines(tried.addressesAfter),
    first: await firstLines(given),
  };
}

async function firstLines(pieces: readonly Piece[]): Promise<string[]> {
  const lines: string[] = [];
  const start = slice(pieces, 0, PRINTED);
  for await (const line of linesOf(chunks(start))) {
    if (lines.length === FIRST) break;
    lines.push(line);
  }
  return lines;
}

/** The beginning of a file, as far as it is shown. */
function textOf(path: string): string {
  const buffer = Buffer.alloc(PRINTED);
  let fd: number;
  try {
    fd = openSync(path, "r");
  } catch {
    return "";
  }
  try {
    return buffer.toString("utf8", 0, readSync(fd, buffer));
  } finally {
    closeSync(fd);
  }
}

/** A line for a terminal: no control characters, no more than fits. */
export function printable(line: string, limit = LINE): string {
  const clean = line
    .replaceAll("\t", "    ")
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ")
    .trimEnd();
  return clean.length > limit ? `${clean.slice(0, limit)}…` : clean;
}

/** A verdict and what it means. */
export function meaningOf(verdict: Verdict["kind"]): string {
  switch (verdict) {
    case "pass":
      return "the next hook is asked";
    case "skip":
      return "it passes, and the rest of the stage is not asked";
    case "later":
      return "the message would wait, and all hooks of the queue run again";
    case "reject":
      return "the message would go no further, and the sender be told why";
    case "hold":
      return "the message would rest in held/ until a person decides";
    case "discard":
      return "the message would be gone, and nobody be told";
  }
}

/** What it changed and what follows, as lines without an indent. */
export function detailsOf(shown: Shown): string[] {
  const { changes, recipients, emits } = shown;
  const lines: string[] = [];
  if (shown.queue !== undefined)
    lines.push(`to the queue ${printable(shown.queue)}`);
  if (changes) {
    lines.push(...changes.header.map(changeLine));
    const { body } = changes;
    if (body.length > 0)
      lines.push("body:", ...body.slice(0, BODY).map(changeLine));
    if (body.length > BODY)
      lines.push(`… and ${body.length - BODY} more changed lines`);
    if (changes.partly) lines.push("(only the first megabyte was compared)");
    if (lines.length === 0) lines.push("printed the message as it was");
  }
  if (recipients) lines.push(...recipientLines(recipients));
  for (const { recipient, size, due } of emits?.slice(0, FIRST) ?? []) {
    const when =
      due === undefined
        ? ""
        : `, not before ${new Date(due * 1000).toISOString().slice(0, 19)}`;
    lines.push(`emits ${size} bytes to ${printable(recipient)}${when}`);
  }
  if (emits && emits.length > FIRST)
    lines.push(`… and ${emits.length - FIRST} more messages`);
  return lines;
}

function changeLine({ kind, line }: Change): string {
  return kind + printable(line);
}

function recipientLines({ before, given, after, first }: Recipients): string[] {
  const rest = (given ?? after) > first.length ? " …" : "";
  const some = first.map((address) => printable(address, 100)).join(" ");
  const words =
    given === undefined
      ? `${count(before)}, ${before === after ? "as many" : after} after it`
      : `gives ${count(given)}`;
  return [some ? `${words}: ${some}${rest}` : words];
}

function count(number: number): string {
  return `${number} ${number === 1 ? "address" : "addresses"}`;
}

/** Milliseconds, for a person. */
export function time(milliseconds: number): string {
  if (milliseconds < 10) return `${milliseconds.toFixed(1)} ms`;
  if (milliseconds < 10_000) return `${Math.round(milliseconds)} ms`;
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
