/**
 * A report as it is read by the rules: its own words apart from the message that it returns, and
 * which family of mail systems it is of. Pure.
 */
import type { Header } from "../mail/header.ts";
import { disposition } from "../mail/mime.ts";
import type { Part } from "./parts.ts";
import { ends } from "./rules/ends.ts";
import { families } from "./rules/index.ts";
import type { Family, Mark } from "./rules/rule.ts";
import { daemon, held, passedOn, sentence, subject } from "./rules/senders.ts";

/** Lines that are read, characters of each, and lines in which marks are looked for. */
const LINES = 40_000;
const LINE = 500;
const MARKED = 300;
/** Lines at the top, blank ones not counted. */
const TOP = 12;
/** Lines and characters of a returned message that stands in the text. */
const BEHIND = 2000;
const RETURNED_TEXT = 128 * 1024;

export interface Letter {
  readonly header: Header;
  readonly parts: readonly Part[];
  /** The report's own lines, before the returned message begins. */
  readonly lines: readonly string[];
  /** The returned message as far as it stands in the text; "" where it is a part or is missing. */
  readonly behind: string;
  /** Undefined: no family that is known. */
  readonly family: Family | undefined;
  /** Whether a mail system wrote it, as far as its header and its words tell. */
  readonly isReport: boolean;
}

const RETURNED =
  /^(?:message\/(?:rfc822|global|rfc822-headers|global-headers)|text\/rfc822-headers)$/;

/** Whether a part is the returned message, or its header. */
export function isReturned(part: Part): boolean {
  return RETURNED.test(part.type);
}

export function isStatus(part: Part): boolean {
  return /^message\/(?:global-)?delivery-status$/.test(part.type);
}

export function letterOf(header: Header, parts: readonly Part[]): Letter {
  const text = ownText(parts);
  const whole = text.split("\n", LINES);
  const all = whole.map((line) => line.slice(0, LINE));
  const common = endOf(all, ends);
  const family = familyOf(header, all.slice(0, common + 1));
  const end =
    family?.ends === undefined
      ? common
      : Math.min(common, endOf(all, [family.ends]));
  return {
    header,
    parts,
    lines: all.slice(0, end),
    behind: whole
      .slice(end, end + BEHIND)
      .join("\n")
      .slice(0, RETURNED_TEXT),
    family,
    isReport: family !== undefined || looksLikeReport(header, parts, all),
  };
}

/** The text parts before the returned message; HTML only where there is nothing else. */
function ownText(parts: readonly Part[]): string {
  const returned = parts.findIndex(isReturned);
  const before = returned < 0 ? parts : parts.slice(0, returned);
  for (const some of [before, parts])
    for (const type of ["text/plain", "text/html"]) {
      const all = some.filter((part) => part.type === type);
      const shown = all.filter(
        ({ header }) => disposition(header).kind !== "attachment",
      );
      for (const texts of [shown, all]) {
        const text = texts.map((part) => part.text).join("\n");
        if (text.trim() !== "") return text;
      }
    }
  return "";
}

/** The index of the first line that is an end with something before it; the count of lines: none. */
function endOf(lines: readonly string[], patterns: readonly RegExp[]): number {
  let started = false;
  for (const [at, line] of lines.entries()) {
    if (started && patterns.some((pattern) => pattern.test(line))) return at;
    started ||= /\w{3}|[^\0-\x7f]{3}/.test(line);
  }
  return lines.length;
}

/** Where nothing in the header is a mail system's, words count only at the top: people quote them. */
function familyOf(
  header: Header,
  lines: readonly string[],
): Family | undefined {
  const isSystem = looksAutomatic(header);
  if (!isSystem && passedOn.test(shown(header, "Subject"))) return undefined;
  const looked = isSystem
    ? lines.slice(0, MARKED)
    : lines.filter((line) => line.trim() !== "").slice(0, TOP);
  return families.find(({ marks }) =>
    marks.some((mark) => bears(mark, header, looked)),
  );
}

function looksAutomatic(header: Header): boolean {
  return (
    !header.has("From") ||
    isDaemon(header) ||
    isNull(header) ||
    header.has("X-Failed-Recipients") ||
    /^\s*auto-/i.test(header.get("Auto-Submitted") ?? "") ||
    /report-type="?delivery-status/i.test(header.get("Content-Type") ?? "")
  );
}

function isDaemon(header: Header): boolean {
  const from = shown(header, "From");
  return daemon.test(from) || (header.has("From") && from === "");
}

function isNull(header: Header): boolean {
  return /^\s*(?:<\s*>|.*mailer-daemon.*)\s*$/i.test(
    (header.get("Return-Path") ?? "").slice(0, LINE),
  );
}

/** Whether all that a mark names is there. */
export function bears(
  mark: Mark,
  header: Header,
  lines: readonly string[],
): boolean {
  const { from, subject, field, text } = mark;
  if (from !== undefined && !from.test(shown(header, "From"))) return false;
  if (subject !== undefined && !subject.test(shown(header, "Subject")))
    return false;
  if (field !== undefined) {
    const [name, value] = field;
    if (
      !header.has(name) ||
      !value.test((header.get(name) ?? "").slice(0, LINE))
    )
      return false;
  }
  return text === undefined || lines.some((line) => text.test(line));
}

/** Sentences go over the end of a line. */
function isHeld(header: Header, lines: readonly string[]): boolean {
  return (
    held.subject.test(shown(header, "Subject")) ||
    lines
      .slice(0, MARKED)
      .some((line, at) => held.sentence.test(`${line} ${lines[at + 1] ?? ""}`))
  );
}

/**
 * Whether a program for mail has left a mark on it. People's absence notices come from the null sender
 * too, and any words may stand in them.
 */
export function isOfSystem({ header, parts, family }: Letter): boolean {
  return (
    family !== undefined ||
    parts.some(isStatus) ||
    isDaemon(header) ||
    !header.has("From") ||
    header.has("X-Failed-Recipients") ||
    /mailer-daemon/i.test((header.get("Return-Path") ?? "").slice(0, LINE)) ||
    /report-type="?delivery-status/i.test(header.get("Content-Type") ?? "")
  );
}

function shown(header: Header, name: string): string {
  return header.text(name).slice(0, LINE);
}

function looksLikeReport(
  header: Header,
  parts: readonly Part[],
  lines: readonly string[],
): boolean {
  if (parts.some(isStatus)) return true;
  if (isHeld(header, lines)) return false;
  const from = shown(header, "From");
  if (/mailer-daemon|mail delivery (?:sub)?system/i.test(from)) return true;
  const title = shown(header, "Subject");
  if (!isDaemon(header) && (!isNull(header) || passedOn.test(title)))
    return false;
  if (subject.test(title)) return true;
  return lines.slice(0, MARKED).some((line) => sentence.test(line));
}
