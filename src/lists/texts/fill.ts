/**
 * Values as they stand in a text: bounded, on one line unless the word is one of lines, and with
 * nothing in them that steers what is shown. Numbers are told as the language has them. Pure.
 */
import { DAY, HOUR } from "../../base/units.ts";
import type { Word } from "./words.ts";

export type Value = string | number | readonly string[];

/** Most characters of a line: an address with a token fits. */
const LINE = 500;
/** Most lines that one word is filled with. */
export const LINES = 1000;

/** Line ends of Unicode, controls; and marks that turn the direction of what stands behind them. */
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;

/** The lines of a value; a word that is not one of lines has one. */
export function linesOf(word: Word, value: Value, language: string): string[] {
  if (word.kind !== "lines")
    return [
      oneLine(told(word, value, language))
        .trim()
        .replace(/ +/g, " "),
    ];
  const all = typeof value === "object" ? value : String(value).split(/\r?\n/);
  const lines = all.slice(0, LINES).map((line) => oneLine(line).trimEnd());
  while (lines.length > 0 && lines.at(-1) === "") lines.pop();
  const more = all.length - LINES;
  return more > 0 ? [...lines, `… (+${more})`] : lines;
}

function oneLine(text: string): string {
  const clean = text
    .slice(0, LINE * 4)
    .replace(TURNS, "")
    .replace(CONTROLS, " ")
    .toWellFormed();
  if (clean.length <= LINE) return clean;
  return `${clean.slice(0, LINE).replace(/[\ud800-\udbff]$/, "")}…`;
}

function told({ kind }: Word, value: Value, language: string): string {
  const number = Number(value);
  const isNumber =
    typeof value === "number" || /^\d{1,15}$/.test(String(value));
  if (!isNumber || kind === "line") return String(value);
  switch (kind) {
    case "days":
      return unit(number, "day", language);
    case "span":
      return span(number, language);
    case "size":
      return size(number, language);
    default:
      return new Intl.NumberFormat(language).format(number);
  }
}

const spans = [
  ["day", DAY],
  ["hour", HOUR],
  ["minute", 60_000],
] as const;

/** The largest unit of which it is a whole number. */
function span(milliseconds: number, language: string): string {
  for (const [name, length] of spans)
    if (milliseconds >= length && milliseconds % length === 0)
      return unit(milliseconds / length, name, language);
  return unit(Math.ceil(milliseconds / 1000), "second", language);
}

const sizes = [
  ["gigabyte", 1024 ** 3],
  ["megabyte", 1024 ** 2],
  ["kilobyte", 1024],
] as const;

function size(bytes: number, language: string): string {
  for (const [name, length] of sizes)
    if (bytes >= length) return unit(bytes / length, name, language, "short");
  return unit(bytes, "byte", language);
}

function unit(
  value: number,
  name: string,
  language: string,
  unitDisplay: "long" | "short" = "long",
): string {
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: name,
    unitDisplay,
    maximumFractionDigits: 1,
  }).format(value);
}
