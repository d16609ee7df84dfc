/**
 * What a diagnosis means: why a message was not delivered, whether that will last, and whether it
 * says something of the recipient or of the message. From the enhanced status (RFC 3463), the reply
 * code (RFC 5321 §4.2) and the words, by the tables in rules/. Pure.
 */
import { oneLine } from "../base/log.ts";
import type { Failure, Reason } from "./report.ts";
import { passing, replies, statuses } from "./rules/codes.ts";
import { vague } from "./rules/vague.ts";
import { boilerplate, sure, type Words } from "./rules/words.ts";

/** Most characters of a diagnosis that are looked at. */
const LOOKED_AT = 4000;
/** Of what is shown, without the ellipsis. */
const SHOWN = 499;
const LONGEST = 400;
/** Diagnoses that are remembered. */
const REMEMBERED = 1000;

export type Diagnosis = Pick<
  Failure,
  "duration" | "about" | "reason" | "status" | "text"
>;

/** A diagnosis as it is shown: one line of at most 500 characters. */
export function lineOf(text: string): string {
  return oneLine(text.slice(0, LOOKED_AT).replace(/\s+/g, " "), SHOWN);
}

/** Remembers what it has read: thousands of recipients mostly have one diagnosis. */
export class Classifier {
  readonly #known = new Map<string, Diagnosis>();

  /**
   * @param text the diagnosis, any number of lines
   * @param status of a field that has nothing else in it, where there is one
   * @param context what else the report says, where the diagnosis itself is mute
   */
  classify(text: string, status?: string, context = ""): Diagnosis {
    const own = withoutRepeated(withoutAddresses(text)).replace(
      boilerplate,
      " ",
    );
    const key = `${status ?? ""} ${own}`;
    const known = this.#known.get(key);
    const shown = lineOf(text);
    if (known !== undefined) return { ...known, text: shown };
    const found = classified(own, status, withoutAddresses(context));
    if (this.#known.size < REMEMBERED) this.#known.set(key, found);
    return { ...found, text: shown };
  }
}

const CODES = /(?:^|\s)[45]\d\d[- ](?:#?[45]\.\d{1,3}\.\d{1,3}[- ]?)?(?=\D)/g;

/** A reply of several lines has its codes on each: those behind the first stand between words. */
function withoutRepeated(text: string): string {
  let count = 0;
  return text.replace(CODES, (code) => {
    count += 1;
    return count === 1 ? code : " ";
  });
}

/** Words in addresses and in names of hosts say nothing: support@, mail-blocked@. */
function withoutAddresses(text: string): string {
  return text
    .slice(0, LOOKED_AT)
    .split(/\s+/)
    .map((word) =>
      !word.includes("@")
        ? word
        : word.length > LONGEST
          ? "@"
          : word.replace(/[^<>()[\]:;,"@]*@[^<>()[\]:;,"@]*/g, "@"),
    )
    .join(" ");
}

function classified(
  own: string,
  status: string | undefined,
  context: string,
): Diagnosis {
  const all = `${own}\n${context}`;
  const said = statusesIn(own);
  // A field may disagree with the reply that it is about: the reply is what the host said.
  const field = said[0]?.[0] === status?.[0] ? status : (said[0] ?? status);
  const code = best([field, ...said]) ?? best(statusesIn(all));
  const reply = replyIn(own) ?? replyIn(all);
  const reason =
    byWords(sure, `${field ?? ""} ${own}`) ??
    byStatus(code, false) ??
    byWords(vague, own) ??
    byStatus(code, true) ??
    byWords(sure, context) ??
    byWords(vague, context) ??
    (reply === undefined ? undefined : replies[reply]) ??
    "other";
  const digit = code?.[0] ?? reply?.[0];
  const passes = digit === undefined ? passing.test(all) : digit === "4";
  return {
    duration: passes ? "temporary" : "permanent",
    about: aboutOf(reason, code),
    reason,
    ...(code === undefined ? {} : { status: code }),
    text: "",
  };
}

const ofMessage: ReadonlySet<Reason> = new Set([
  "policy",
  "spam",
  "authentication",
  "too-large",
]);

function aboutOf(reason: Reason, status = ""): Failure["about"] {
  if (ofMessage.has(reason)) return "message";
  return reason === "other" && /^.\.[67]\./.test(status)
    ? "message"
    : "recipient";
}

/** Behind digits or dots it is an IP address or a version. */
const STATUS = /(?:^|[^\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)/g;

function statusesIn(text: string): string[] {
  return [...text.matchAll(STATUS)]
    .map(([, status = ""]) => status)
    .filter((status) => !/^2|^.\.(?:[89]|\d\d)/.test(status));
}

/** The first that says more than "failed": a class alone is x.0.0. */
function best(found: readonly (string | undefined)[]): string | undefined {
  const said = found.filter((status) => status !== undefined);
  return said.find((status) => !/^\d\.0\.0$/.test(status)) ?? said[0];
}

const REPLY =
  /(?:^|[^\w.@#/:+-]|smtp;|[a-z]:)([45][0-7]\d)(?:[\s-]|[ :;,)]|$)(?!\d+ (?:bytes|seconds|days|hours|minutes))/im;

function replyIn(text: string): string | undefined {
  return REPLY.exec(text)?.[1];
}

function byWords(words: Words, text: string): Reason | undefined {
  for (const [reason, pattern] of words) if (pattern.test(text)) return reason;
  return undefined;
}

/**
 * @param isGeneral whether the details of "other" count, or only the rest: 5.0.0 to 5.5.0 are given
 *   where nobody took care, 5.6.0 and 5.7.0 are not
 */
function byStatus(
  status: string | undefined,
  isGeneral: boolean,
): Reason | undefined {
  if (status === undefined || /\.[0-5]\.0$/.test(status) !== isGeneral)
    return undefined;
  return statuses[status] ?? statuses[status.slice(2)];
}
