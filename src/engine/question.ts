/**
 * What a hook is asked, and what it may answer: the same for inline and forked hooks. Pure.
 */
import type { Piece } from "../base/pieces.ts";
import type { Envelope } from "../spool/envelope.ts";
import type { Verb } from "./layers.ts";
import { codes, type Verdict } from "./verdict.ts";

/** What became of one recipient. */
export interface Outcome {
  readonly address: string;
  readonly kind: "sent" | "later" | "never";
  /** The server's reply, one line. */
  readonly reply: string;
}

/** A message that follows from the one at hand; it is re-injected. */
export interface Emission {
  readonly recipient: string;
  /** Without it, a copy of the message at hand. */
  readonly content?: readonly Piece[];
  /** Seconds since 1970 before which it is not taken. */
  readonly due?: number;
}

/** A message as the trade sees it; the engine only moves its bytes. */
export interface Content {
  pieces(): readonly Piece[];
  /** What hooks are told of it, as LISTMILL_<NAME>. */
  variables(): Record<string, string>;
}

/** The engine's part of what an inline hook is given. */
export interface Question<C extends Content = Content> {
  /** Stable over retries and takeovers. */
  readonly id: string;
  readonly queue: string;
  readonly stage: string;
  readonly verb: Verb;
  readonly attempt: number;
  /** Milliseconds since 1970 when the hook was asked. */
  readonly now: number;
  readonly envelope: Envelope;
  readonly message: C;
  /** The message as a file, for those who need one. Writes it where it was edited. */
  file(): Promise<string>;
  /** `refine`: the list so far; `deliver`: who is left to be served. */
  recipients(): AsyncIterable<string>;
  /** What the recipients hooks of another list give for this message; each list is asked once. */
  recipientsOf(list: string): AsyncIterable<string>;
  /** Only tried out: nothing that a hook does may last, and what is answered is not acted on. */
  readonly trial: boolean;
  /** Adds a message that follows from this one. */
  emit(emission: Emission): void;
  /** Says something in the log, under the hook's name. */
  log(text: string): void;
  /** Aborted when the runner has to stop: finish what is in flight. */
  readonly signal: AbortSignal;
  /** Whether the entry is still this runner's: ask before what cannot be taken back. */
  holds(): boolean;
}

/** What an inline hook may return; nothing means: pass. */
export type Reply =
  | undefined
  | Verdict
  /** `route`: a queue's name. */
  | string
  /** `edit`: the new message. */
  | Content
  /** `recipients`, `refine`: addresses. */
  | Iterable<string>
  | AsyncIterable<string>
  /** `deliver`: outcomes, a transaction at a time; each is on disk before the next is asked for. */
  | AsyncIterable<readonly Outcome[]>;

/** A hook's answer, however it was run. */
export interface Answer {
  readonly verdict: Verdict;
  /** The first line of what it printed. */
  readonly line: string;
  /** The new message, for `edit`; undefined: unchanged. */
  readonly content?: Content | { readonly printed: readonly Piece[] };
  /** Addresses, for `recipients` and `refine`. */
  readonly lines?: AsyncIterable<string>;
  /** For `deliver`. */
  readonly outcomes?: AsyncIterable<readonly Outcome[]>;
}

const empty = { verdict: { kind: "pass" }, line: "" } as const;

/** An inline hook's reply as an answer. Throws where it returned what its verb cannot use. */
export function answerOf(reply: Reply, verb: Verb): Answer {
  if (reply === undefined || reply === null) return empty;
  if (typeof reply === "object" && "kind" in reply && reply.kind in codes)
    return { verdict: reply, line: "reason" in reply ? reply.reason : "" };
  switch (verb) {
    case "route":
      if (typeof reply !== "string") break;
      return { ...empty, line: reply.trim() };
    case "edit":
      if (typeof reply !== "object" || !("pieces" in reply)) break;
      return { ...empty, content: reply };
    case "recipients":
    case "refine":
      if (!isIterable(reply)) break;
      return { ...empty, lines: each(reply as Iterable<string>) };
    case "deliver":
      if (!isIterable(reply)) break;
      return { ...empty, outcomes: reply as AsyncIterable<readonly Outcome[]> };
  }
  throw new TypeError(`it returned what ${verb} cannot use`);
}

function isIterable(value: object | string): boolean {
  return (
    typeof value === "object" &&
    (Symbol.asyncIterator in value || Symbol.iterator in value)
  );
}

async function* each(values: Iterable<string> | AsyncIterable<string>) {
  yield* values;
}

/** A line of a `deliver` hook: address TAB sent|later|never TAB reply. */
export function parseOutcome(line: string): Outcome | undefined {
  const [address, kind, ...reply] = line.split("\t");
  if (!address || (kind !== "sent" && kind !== "later" && kind !== "never"))
    return undefined;
  return { address, kind, reply: reply.join(" ") };
}

export function formatOutcome({ address, kind, reply }: Outcome): string {
  return `${address}\t${kind}\t${reply.replace(/[\t\r\n]+/g, " ")}`;
}
