/**
 * Recipients and diagnoses out of the words of a report: by the patterns of its family, by the field
 * X-Failed-Recipients, and by what reports of all kinds have in common. Pure.
 */
import { canonical, domainOf } from "../mail/address.ts";
import { addressesIn, addressOf } from "./addresses.ts";
import { atLine, type Place, type Told, withText } from "./diagnosis.ts";
import { RECIPIENTS } from "./dsn.ts";
import { isReturned, type Letter } from "./letter.ts";
import { leading, named } from "./rules/generic.ts";
import type { Family } from "./rules/rule.ts";
import { unique } from "./unique.ts";

/** Characters of a returned message in which recipients are looked for. */
const HEADER = 32 * 1024;
const ADDRESSES = 1000;
/** More addresses than this, which nothing else vouches for, are no recipients. */
const UNSURE = 2;

/** @param other recipients that the returned message names, where they count at all */
export function toldBy(letter: Letter, other: readonly string[]): Told[] {
  const { family } = letter;
  const lines = unfold(letter.lines);
  const places =
    family?.recipients === undefined
      ? []
      : byFamily(family, family.recipients, lines);
  const failed = inHeader(letter);
  if (places.length > 0)
    return withHeader(withText(places, lines, family), failed);
  if (failed.length > 0) return atLine(failed, lines, family);
  if (!letter.isReport) return [];
  const found = byWords(letter, lines);
  return found.length > 0
    ? withText(found, lines, family)
    : atLine(other, lines, family);
}

function inHeader({ header }: Letter): string[] {
  return header
    .all("X-Failed-Recipients")
    .flatMap((value) => value.split(",", RECIPIENTS))
    .flatMap((value) => addressOf(value) ?? []);
}

/** The header may name some that the text leaves out; where it names others altogether it is wrong. */
function withHeader(told: Told[], failed: readonly string[]): Told[] {
  const known = new Set(
    told.flatMap(({ recipient, final }) =>
      [recipient, final ?? ""].map((address) => address.toLowerCase()),
    ),
  );
  const others = failed.filter((one) => !known.has(one.toLowerCase()));
  if (others.length === failed.length) return told;
  return [...told, ...others.map((recipient) => ({ recipient, text: "" }))];
}

/** Of several addresses that are only somewhere in the text, those that the returned message knows. */
function likely(places: readonly Place[], letter: Letter): readonly Place[] {
  if (places.length < 2) return places;
  const returned = letter.parts.find(isReturned)?.text ?? letter.behind;
  const inHeader = new Set(
    addressesIn(returned.slice(0, HEADER).toLowerCase(), ADDRESSES),
  );
  const known = places.filter(({ recipient }) =>
    inHeader.has(recipient.toLowerCase()),
  );
  return known.length > 0 || places.length > UNSURE ? known : places;
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
    if (final !== undefined) places.push({ recipient: final, line: at, rest });
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
  return distinct(places);
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

function byWords(letter: Letter, lines: readonly string[]): readonly Place[] {
  const ours = oursOf(letter);
  const places: Place[] = [];
  const add = (value: string | undefined, line: number, rest: string) => {
    const recipient = value === undefined ? undefined : addressOf(value);
    if (recipient === undefined || ours(recipient) || !isPublic(recipient))
      return;
    places.push({ recipient, line, rest });
  };
  for (const patterns of [leading, named]) {
    for (const [at, line] of lines.entries()) {
      if (!line.includes("@")) continue;
      const match = first(patterns, line);
      if (match !== null)
        add(match[1], at, line.slice(match.index + match[0].length));
    }
    if (places.length > 0)
      return patterns === leading
        ? distinct(places)
        : likely(distinct(places), letter);
  }
  for (const [at, line] of lines.entries())
    for (const address of addressesIn(line)) add(address, at, line);
  return likely(distinct(places), letter);
}

/** Whether it can be mailed, and not only on one host: what else has an `@` in it is mostly none. */
function isPublic(address: string): boolean {
  return (
    canonical(address) !== undefined &&
    /[^.@]\.[^.@]|\[/.test(domainOf(address))
  );
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

/** Places where the same recipient is named, the first only: by where the message went in the end. */
function distinct(places: readonly Place[]): Place[] {
  return unique(places, ({ final, recipient }) => final ?? recipient);
}
