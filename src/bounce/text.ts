/**
 * Recipients and diagnoses out of the words of a report: by the patterns of its family, by the field
 * X-Failed-Recipients, and by what reports of all kinds have in common. Pure.
 */
import { addressesIn, addressOf } from "./addresses.ts";
import { RECIPIENTS } from "./dsn.ts";
import type { Letter } from "./letter.ts";
import { leading, named } from "./rules/generic.ts";
import type { Family } from "./rules/rule.ts";

/** Lines of one diagnosis. */
const DIAGNOSIS = 15;
/** With more recipients than this, lines that mention one are not looked for. */
const MENTIONED = 50;

export interface Told {
  readonly recipient: string;
  readonly final?: string;
  /** What stands at the recipient; "" where nothing does. */
  readonly text: string;
}

interface Place {
  recipient: string;
  final?: string;
  readonly line: number;
  /** The rest of the line behind the address. */
  readonly rest: string;
}

/** @param other recipients that the returned message names, where they count at all */
export function toldBy(letter: Letter, other: readonly string[]): Told[] {
  const { family, header } = letter;
  const lines = unfold(letter.lines);
  if (family?.recipients !== undefined) {
    const places = byFamily(family, family.recipients, lines);
    if (places.length > 0) return withText(places, lines, family);
  }
  const failed = header
    .all("X-Failed-Recipients")
    .flatMap((value) => value.split(",", RECIPIENTS))
    .flatMap((value) => addressOf(value) ?? []);
  if (failed.length > 0) return atLine(failed, lines, family);
  if (!letter.isReport) return [];
  const places = byWords(letter, lines);
  if (places.length > 0) return withText(places, lines, family);
  return atLine(other, lines, family);
}

/** Lines with their continuations, which mail systems wrap with four blanks behind a recipient. */
function unfold(lines: readonly string[]): string[] {
  const found: string[] = [];
  for (const line of lines) {
    const last = found.at(-1) ?? "";
    const continues =
      /^ {4}\S/.test(line) &&
      /^<[^<>\s]+@[^<>\s]+>.*\S/.test(last) &&
      !/>:\s*$/.test(last) &&
      last.length < 2000;
    if (continues) found[found.length - 1] = `${last} ${line.trim()}`;
    else found.push(line);
  }
  return found;
}

function byFamily(
  family: Family,
  patterns: readonly RegExp[],
  lines: readonly string[],
): Place[] {
  const begin =
    family.begins === undefined
      ? -1
      : lines.findIndex((line) => family.begins?.test(line));
  const places: Place[] = [];
  for (let at = begin + 1; at < lines.length; at++) {
    const line = lines[at] ?? "";
    const match = first(patterns, line);
    if (match === null) continue;
    const { original } = match.groups ?? {};
    const value = match[1] === original ? undefined : match[1];
    const rest = line.slice(match.index + match[0].length);
    const final = value === undefined ? undefined : inFull(value, family);
    if (final !== undefined)
      places.push({ recipient: final, line: at, rest });
    if (original === undefined) continue;
    const mailed = addressOf(original);
    const last = places.at(-1);
    if (mailed === undefined) continue;
    if (last === undefined) places.push({ recipient: mailed, line: at, rest });
    else if (last.final === undefined) {
      last.final = last.recipient;
      last.recipient = mailed;
    }
  }
  return unique(places);
}

function first(patterns: readonly RegExp[], line: string) {
  for (const pattern of patterns) {
    const match = pattern.exec(line);
    if (match !== null) return match;
  }
  return null;
}

function inFull(name: string, family: Family): string | undefined {
  if (name.includes("@")) return addressOf(name);
  return family.domain === undefined
    ? undefined
    : addressOf(`${name}@${family.domain}`);
}

function byWords(letter: Letter, lines: readonly string[]): Place[] {
  const ours = oursOf(letter);
  const places: Place[] = [];
  const add = (value: string | undefined, line: number, rest: string) => {
    const recipient = value === undefined ? undefined : addressOf(value);
    if (recipient === undefined || ours(recipient)) return;
    places.push({ recipient, line, rest });
  };
  for (const patterns of [leading, named]) {
    for (const [at, line] of lines.entries()) {
      if (!line.includes("@")) continue;
      const match = first(patterns, line);
      if (match !== null)
        add(match[1], at, line.slice(match.index + match[0].length));
    }
    if (places.length > 0) return unique(places);
  }
  for (const [at, line] of lines.entries())
    for (const address of addressesIn(line)) add(address, at, line);
  return unique(places);
}

/** Addresses that a report names besides the recipient: its own, ours, and whom to ask. */
function oursOf({ header }: Letter): (address: string) => boolean {
  const known = new Set(
    ["From", "Reply-To", "Return-Path", "To", "Cc", "Delivered-To"]
      .flatMap((name) => addressesIn((header.get(name) ?? "").slice(0, 4000)))
      .map((address) => address.toLowerCase()),
  );
  return (address) =>
    known.has(address.toLowerCase()) ||
    /^(?:mailer-daemon|post_?master|mail-daemon|mdaemon|abuse|support|help-?desk|webmaster|hostmaster|owner-.*|.*-(?:bounces?|owner|request|admin|errors)(?:[+=-].*)?|bounces?[-+=].*)@/i.test(
      address,
    );
}

function unique(places: readonly Place[]): Place[] {
  const seen = new Map<string, Place>();
  for (const place of places) {
    const key = (place.final ?? place.recipient).toLowerCase();
    if (!seen.has(key) && seen.size < RECIPIENTS) seen.set(key, place);
  }
  return [...seen.values()];
}

function withText(
  places: readonly Place[],
  lines: readonly string[],
  family: Family | undefined,
): Told[] {
  return places.map((place, index) => {
    const { recipient, final, line, rest } = place;
    const next = places[index + 1]?.line ?? lines.length;
    const below = lines.slice(line + 1, Math.min(next, line + 1 + DIAGNOSIS));
    const own = [rest, ...below].filter((text) => /\w/.test(text));
    const told = diagnosis(own, lines, family, places.length === 1);
    const mentioned =
      places.length > MENTIONED || told.length > 0
        ? []
        : mentions(lines, final ?? recipient, line);
    return {
      recipient,
      ...(final === undefined ? {} : { final }),
      text: [...told, ...mentioned].join("\n").trim(),
    };
  });
}

/** The lines that the family says are the diagnosis: below the recipient, or anywhere if there is one only. */
function diagnosis(
  own: readonly string[],
  lines: readonly string[],
  family: Family | undefined,
  isOnly: boolean,
): readonly string[] {
  const pattern = family?.diagnosis;
  if (pattern === undefined) return own;
  const below = own.filter((line) => pattern.test(line));
  if (below.length > 0 || !isOnly) return below;
  return lines.filter((line) => pattern.test(line)).slice(0, DIAGNOSIS);
}

function mentions(
  lines: readonly string[],
  address: string,
  except: number,
): string[] {
  const key = address.toLowerCase();
  return lines
    .filter((line, at) => at !== except && line.toLowerCase().includes(key))
    .slice(0, 5);
}

/** Recipients that the words do not name: everything that the report says is about them. */
function atLine(
  recipients: readonly string[],
  lines: readonly string[],
  family: Family | undefined,
): Told[] {
  const pattern = family?.diagnosis;
  const told =
    pattern === undefined ? [] : lines.filter((line) => pattern.test(line));
  const text = told.slice(0, DIAGNOSIS).join("\n");
  return [...new Set(recipients)].map((recipient) => ({ recipient, text }));
}
