/**
 * What a hook is asked, and what it may answer: the same for inline and forked hooks. Pure,
 * but that a list which is a file is read where it is asked for.
 */
import { pagesOfFile } from "../base/lines.ts";
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
  /** `later`: it was not tried, and is not before this second (since 1970). */
  readonly after?: number;
  /** With `after`: a limit of ours keeps it, so it is not given up for its age. */
  readonly limited?: boolean;
}

/** A message that follows from the one at hand; it is re-injected, or goes to a stream. */
export interface Emission {
  readonly recipient: string;
  /** Straight into this queue, for the list of the message at hand. */
  readonly queue?: string;
  /** With a queue: the list that it is for, where that is another one. */
  readonly list?: string;
  /** With a queue: the number that the message has in the list's archive. */
  readonly number?: number;
  /** For the digest: as of which change the members were read who got the post singly. */
  readonly asOf?: number;
  /** Without it, a copy of the message at hand. */
  readonly content?: readonly Piece[];
  /** Seconds since 1970 before which it is not taken. */
  readonly due?: number;
  /** It is for a person, whatever the address looks like: it is routed to nothing of the mill. */
  readonly outside?: boolean;
  /** Where it comes back to; LIST-bounces@ without it. */
  readonly sender?: string;
}

/** A message as the trade sees it; the engine only moves its bytes. */
export interface Content {
  pieces(): readonly Piece[];
  /** What hooks are told of it, as LISTMILL_<NAME>. */
  variables(): Record<string, string>;
}

/** Something that a message asks for, by the name of a hook that answers. */
export interface Request {
  readonly name: string;
  /** What was written behind it, one line. */
  readonly rest: string;
  /** All names that there are hooks for. */
  readonly names?: readonly string[];
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
  /** `answer`: what is asked for. */
  readonly request?: Request;
  /** The message as a file, for those who need one. Writes it where it was edited. */
  file(): Promise<string>;
  /** `refine`: the list so far; `deliver`: who is left to be served. */
  recipients(): AsyncIterable<string>;
  /** The same as a file, an address a line, for those who read fast. Not to be changed. */
  recipientsFile(): Promise<string>;
  /** As of which change to the members a recipients hook has read them. */
  readonly asOf?: number | undefined;
  /** The path of a file that a hook may write for its answer; gone when the message has moved on. */
  scratch(): string;
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

/** Addresses one by one, or many at once: a row of a thousand costs little more than one. */
export type Addresses = string | readonly string[];

/** A list as a file: an address a line, lines end in LF, none is empty. */
export interface AddressFile {
  /** One of `scratch()` is taken as it is; any other is copied. */
  readonly file: string;
  /** As of which change to the members it is. */
  readonly asOf?: number;
}

/** What an inline hook may return; nothing means: pass. */
export type Reply =
  | undefined
  | Verdict
  /** `route`: a queue's name; `answer`: what is answered. */
  | string
  /** `edit`: the new message. */
  | Content
  /** `recipients`, `refine`: addresses. */
  | Iterable<Addresses>
  | AsyncIterable<Addresses>
  | AddressFile
  /** `deliver`: outcomes, a transaction at a time; each is on disk before the next is asked for. */
  | AsyncIterable<readonly Outcome[]>;

/** A hook's answer, however it was run. */
export interface Answer {
  readonly verdict: Verdict;
  /** The first line of what it printed. */
  readonly line: string;
  /** The new message, for `edit`; undefined: unchanged. */
  readonly content?: Content | { readonly printed: readonly Piece[] };
  /** What is answered, for `answer`; "" where nothing need be said. */
  readonly text?: string;
  /** Addresses, for `recipients` and `refine`. */
  readonly lines?: AsyncIterable<Addresses>;
  /** The file that holds them, where they come as one. */
  readonly file?: string;
  readonly asOf?: number;
  /** For `deliver`. */
  readonly outcomes?: AsyncIterable<readonly Outcome[]>;
  /** Where lies what a program wrote, as long as the entry's `work/` folder does. */
  readonly files?: { readonly stdout: string; readonly stderr: string };
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
    case "answer":
      if (typeof reply !== "string") break;
      return {
        ...empty,
        line: reply.trim().split("\n", 1)[0] ?? "",
        text: reply,
      };
    case "edit":
      if (typeof reply !== "object" || !("pieces" in reply)) break;
      return { ...empty, content: reply };
    case "recipients":
    case "refine":
      if (isAddressFile(reply))
        return {
          ...empty,
          lines: pagesOfFile(reply.file),
          file: reply.file,
          ...(reply.asOf === undefined ? {} : { asOf: reply.asOf }),
        };
      if (!isIterable(reply)) break;
      return { ...empty, lines: each(reply as Iterable<Addresses>) };
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

function isAddressFile(value: object | string): value is AddressFile {
  return (
    typeof value === "object" &&
    "file" in value &&
    typeof value.file === "string"
  );
}

async function* each(values: Iterable<Addresses> | AsyncIterable<Addresses>) {
  yield* values;
}

/** One address after the other. */
export async function* oneByOne(
  lines: AsyncIterable<Addresses>,
): AsyncGenerator<string> {
  for await (const some of lines)
    if (typeof some === "string") yield some;
    else yield* some;
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
