/**
 * Posts out of the archive by mail: some numbers, a thread, or the list of what there is, in one
 * letter.
 */
import type { FileRange, Piece } from "../base/pieces.ts";
import { mayBeWritten } from "../lists/limits.ts";
import { parseDate } from "../mail/date.ts";
import { authorOf, type Message } from "../mail/message.ts";
import {
  type Case,
  callerOf,
  type Reply,
  sentence,
  write,
  wrong,
} from "./case.ts";
import { decideFor } from "./permission.ts";

/** A post as the archive gives it. */
export interface Post {
  readonly number: number;
  readonly content: FileRange;
  readonly message: Message;
}

/** What is asked of the archive. */
export interface Archive {
  /** The last number. */
  last(): number;
  posts(numbers: Iterable<number>): Promise<readonly Post[]>;
  /** The numbers of a thread. */
  thread(number: number): Promise<readonly number[]>;
}

/** Posts that an index shows where nothing else is asked for. */
const SHOWN = 50;

/** `get 5`, `get 5-10`, `get 5 7`. */
export async function get(asked: Case, archive: Archive): Promise<Reply> {
  const no = await whyNot(asked);
  if (no !== undefined) return no;
  const numbers = numbersIn(asked.request.rest, archive.last());
  return send(asked, archive, numbers, true);
}

/** `thread 5`. */
export async function thread(asked: Case, archive: Archive): Promise<Reply> {
  const no = await whyNot(asked);
  if (no !== undefined) return no;
  const [number = 0] = numbersIn(asked.request.rest, archive.last());
  return send(asked, archive, await archive.thread(number), true);
}

/** `index`: the last ones; `index 5-60`. */
export async function index(asked: Case, archive: Archive): Promise<Reply> {
  const no = await whyNot(asked);
  if (no !== undefined) return no;
  const last = archive.last();
  const { rest } = asked.request;
  const from = Math.max(1, last - SHOWN + 1);
  const numbers = numbersIn(rest === "" ? `${from}-${last}` : rest, last);
  return send(asked, archive, numbers, false);
}

/**
 * `digest 5`: an issue that went out.
 * @param issue makes it; undefined where there is none of that number
 */
export async function digest(
  asked: Case,
  issue: (number: number) => Promise<readonly Piece[] | undefined>,
): Promise<Reply> {
  const no = await whyNot(asked);
  if (no !== undefined) return no;
  const { rest } = asked.request;
  const [number = 0] = numbersIn(rest, Number.MAX_SAFE_INTEGER);
  const content = number > 0 ? await issue(number) : undefined;
  if (!content) return { kind: "reject", reason: await wrong(asked) };
  asked.emit({ recipient: callerOf(asked), content, outside: true });
  return "";
}

/**
 * Why nothing is looked up, "" where nothing is said either; undefined: it may be. Whether there may be
 * one more letter is asked before: looking for posts takes its time.
 */
async function whyNot(asked: Case): Promise<Reply | undefined> {
  const caller = callerOf(asked);
  const no = await decideFor(asked, "archive", caller);
  if (no) return no;
  const { name, rest } = asked.request;
  // That of `write`, for which it counts once.
  const which = `results ${name} ${rest}`;
  return (await mayBeWritten(asked, caller, which)) ? undefined : "";
}

/** The numbers in what was written: 5, 5-10; at most those that there are. */
export function numbersIn(text: string, last: number): number[] {
  const found = new Set<number>();
  for (const [, from = "", to = from] of text.matchAll(
    /(\d{1,9})(?:\s*(?:-|–|to|bis|\.\.)\s*(\d{1,9}))?/g,
  ))
    for (
      let number = Math.max(1, Number(from));
      number <= Math.min(Number(to), last) && found.size < 1000;
      number += 1
    )
      found.add(number);
  return [...found];
}

/** @param whole whether the posts themselves are sent */
async function send(
  asked: Case,
  archive: Archive,
  numbers: readonly number[],
  whole: boolean,
): Promise<Reply> {
  const posts = await archive.posts(numbers);
  const { rest } = asked.request;
  if (posts.length === 0) {
    const number = rest.slice(0, 40);
    const reason = /^\d/.test(rest)
      ? await sentence(asked, "no-post", { number })
      : await wrong(asked);
    return { kind: "reject", reason };
  }
  // An answer has room for so many.
  const left = numbers.slice(numbers.indexOf(posts.at(-1)?.number ?? 0) + 1);
  const more = left.length > 0 ? [`… ${left[0]}-${left.at(-1)}`] : [];
  await write(
    asked,
    callerOf(asked),
    "results",
    { results: [...posts.map(lineOf), ...more] },
    whole ? { enclosed: posts.map(({ content }) => [content]) } : {},
  );
  return "";
}

function lineOf({ number, message: { header } }: Post): string {
  const date = parseDate(header.get("Date") ?? "")
    ?.toISOString()
    .slice(0, 10);
  const parts = [date ?? "", authorOf(header) ?? "", header.text("Subject")];
  return `${number}  ${parts.filter(Boolean).join("  ")}`;
}
