/**
 * An entry's envelope.json: who sent it, to whom, where it comes from and what befell it.
 * Readable by people; only ever replaced as a whole.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { errnoOf, messageOf } from "../base/errors.ts";
import { oneLine } from "../base/log.ts";
import { birth } from "./name.ts";
import type { Portion } from "./recipients.ts";

/** Something that happened to the entry and is worth knowing later. */
export interface Event {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** A queue, or a hook's path. */
  readonly where: string;
  readonly what: "later" | "held" | "failed" | "released" | "dropped";
  readonly reason?: string;
}

/** Which hook gave which of a post's addresses: a part of a file in the entry. */
export interface GivenBy {
  readonly hook: string;
  /** `given`, `given.1` …: the addresses before any hook refined them. */
  readonly file: string;
  /** Bytes. */
  readonly start: number;
  readonly end: number;
}

export interface Envelope {
  /** Envelope sender (RFC 5321); "" is the null sender `<>`. */
  readonly sender: string;
  /** Envelope recipient. */
  readonly recipient: string;
  /** The list's address, once the door has found it. */
  readonly list?: string;
  /** What followed the list's name in the recipient: `request` in LIST-request@. */
  readonly extension?: string;
  /** For a consumer of the archive: the number that the post has there. */
  readonly number?: number;
  /** For the digest: as of which change to the list's members the post went to those who read it singly. */
  readonly asOf?: number;
  /** `mta`, `operator`, or `<queue>/<id>` of the entry that it follows from. */
  readonly origin: string;
  /** When it came into the spool, ISO 8601. */
  readonly received: string;
  /** Stages, or single hooks, whose hold a person has lifted. */
  readonly passed?: readonly string[];
  /** Where a resting entry came from, and which stage held it. It stays when the entry goes on. */
  readonly rest?: { readonly queue: string; readonly stage?: string };
  readonly history: readonly Event[];
  /** For a post on its way out: who gave its recipients. */
  readonly given?: readonly GivenBy[];
  /** The lines of `recipients` that are this entry's; all of them without it. */
  readonly portion?: Portion;
}

/** The origin of an entry whose envelope was lost. */
export const UNKNOWN = "unknown";

/** What takes the place of an envelope that was lost. @param id of the entry */
export function blankEnvelope(id: string): Envelope {
  return {
    sender: "",
    recipient: "",
    origin: UNKNOWN,
    received: new Date(birth(id)).toISOString(),
    history: [],
  };
}

const HISTORY = 20;

/** The envelope with an event more; the oldest fall off beyond 20. */
export function withEvent(envelope: Envelope, event: Event): Envelope {
  const reason =
    event.reason === undefined ? {} : { reason: oneLine(event.reason) };
  return {
    ...envelope,
    history: [...envelope.history, { ...event, ...reason }].slice(-HISTORY),
  };
}

/** From when an entry's tries count: its birth, or its release by a person. Milliseconds. */
export function startOf(envelope: Envelope, id: string): number {
  const released = envelope.history.findLast(({ what }) => what === "released");
  return released ? Date.parse(released.at) : birth(id);
}

export function formatEnvelope(envelope: Envelope): string {
  return `${JSON.stringify(envelope, undefined, 1)}\n`;
}

export type Read =
  | { readonly kind: "envelope"; readonly envelope: Envelope }
  | { readonly kind: "missing" }
  | { readonly kind: "broken"; readonly reason: string };

/** The first field that people have written otherwise than it is read. */
function wrongIn(found: Partial<Envelope>): string | undefined {
  const isText = (value: unknown) => typeof value === "string";
  const { list = "", extension = "", received = "", history = [] } = found;
  const {
    sender,
    recipient,
    origin,
    passed = [],
    rest = { queue: "" },
    portion = { start: 0, end: 0, count: 0 },
  } = found;
  const texts = { sender, recipient, origin, list, extension, received };
  for (const [name, value] of Object.entries(texts))
    if (!isText(value)) return name;
  if (!Array.isArray(history) || !history.every((event) => isText(event?.what)))
    return "history";
  if (!Array.isArray(passed) || !passed.every(isText)) return "passed";
  const { start, end, count } = portion ?? {};
  const isCount = (value: unknown) =>
    Number.isSafeInteger(value) && Number(value) >= 0;
  if (![start, end, count].every(isCount) || Number(start) > Number(end))
    return "portion";
  return isText(rest?.queue) && isText(rest.stage ?? "") ? undefined : "rest";
}

/** Reads an entry's envelope. @param entry the entry's folder */
export function readEnvelope(entry: string): Read {
  let text: string;
  try {
    text = readFileSync(join(entry, "envelope.json"), "utf8");
  } catch (error) {
    const code = errnoOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return { kind: "missing" };
    throw error;
  }
  try {
    const found = (JSON.parse(text) ?? {}) as Partial<Envelope>;
    const wrong = wrongIn(found);
    if (wrong !== undefined)
      return {
        kind: "broken",
        reason: `envelope.json: ${wrong} is missing or not as it should be`,
      };
    return {
      kind: "envelope",
      envelope: {
        received: "",
        ...found,
        history: found.history ?? [],
      } as Envelope,
    };
  } catch (error) {
    return { kind: "broken", reason: `envelope.json: ${messageOf(error)}` };
  }
}
