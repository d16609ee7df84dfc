/**
 * A text as it is written in a file: `Subject: …`, a blank line, and paragraphs with words in braces.
 * Lines of a paragraph are joined; a line that begins with two blanks stays as it is. Sentences have
 * no Subject. Pure.
 */
import { isUtf8 } from "node:buffer";
import { nearest } from "../../base/nearest.ts";
import { isWide } from "../../mail/width.ts";
import { filledIn, type Part, partsOf, unknownIn } from "../braces.ts";
import { catalogue, common, type TextName, wordsOf } from "./catalogue.ts";

/** What is wrong with a text. */
export interface Problem {
  /** Counts from 1. */
  readonly line: number;
  readonly what: string;
  /** Whether the text cannot be used. */
  readonly broken: boolean;
}

export interface Template {
  /** Undefined where it is a sentence. */
  readonly subject: readonly Part<string>[] | undefined;
  readonly paragraphs: readonly Paragraph[];
}

interface Paragraph {
  readonly lines: readonly Line[];
  /** Words without which it is left out. */
  readonly needs: readonly string[];
}

interface Line {
  /** Blanks before it. */
  readonly indent: string;
  readonly parts: readonly Part<string>[];
}

/** Reads a text. @returns no template where it is broken; all that is wrong either way */
export function readTemplate(
  name: TextName,
  content: Uint8Array,
): { readonly template?: Template; readonly problems: readonly Problem[] } {
  const notUtf8 = firstBad(content);
  if (notUtf8 > 0)
    return {
      problems: [problem(notUtf8, "it is not UTF-8; save it as UTF-8")],
    };
  const text = new TextDecoder().decode(content).replace(/\r\n?/g, "\n");
  const rows = text.trimEnd().split("\n");
  const problems = [
    ...rows.flatMap((row, at) => inLine(name, row, at + 1)),
    ...shape(name, rows),
    ...missing(name, text),
  ].sort((a, b) => a.line - b.line);
  if (problems.some(({ broken }) => broken)) return { problems };
  const known = [...common, ...Object.keys(wordsOf(name))];
  const isMail = catalogue[name].mail;
  return {
    template: {
      subject: isMail
        ? partsOf((rows[0] ?? "").slice(SUBJECT.length).trim(), known)
        : undefined,
      paragraphs: paragraphsOf(name, isMail ? rows.slice(1) : rows, known),
    },
    problems,
  };
}

const SUBJECT = "Subject:";

/**
 * The text with its words filled in.
 * @param lookUp the lines of a word's value
 */
export function rendered(
  { subject = [], paragraphs }: Template,
  lookUp: (name: string) => readonly string[],
): { subject: string; body: string } {
  const empty = (name: string) => lookUp(name).every((line) => line === "");
  const words = (parts: readonly Part<string>[]) =>
    Object.fromEntries(
      parts.flatMap((part) =>
        "name" in part ? [[part.name, lookUp(part.name)[0] ?? ""]] : [],
      ),
    );
  const fill = (parts: readonly Part<string>[]) =>
    filledIn(parts, words(parts));
  const body = paragraphs
    .filter(({ needs }) => !needs.some(empty))
    .map(({ lines }) => lines.flatMap((line) => linesOf(line, lookUp, fill)))
    .map((lines) => lines.join("\n"));
  return {
    subject: fill(subject).replace(/ +/g, " ").trim(),
    body: body.join("\n\n"),
  };
}

/** A word that stands alone may have many lines, each with the blanks before it. */
function linesOf(
  { indent, parts }: Line,
  lookUp: (name: string) => readonly string[],
  fill: (parts: readonly Part<string>[]) => string,
): string[] {
  const [first, ...more] = parts;
  const lines =
    first && "name" in first && more.length === 0
      ? lookUp(first.name)
      : [fill(parts)];
  return lines.map((line) => (indent + line).trimEnd());
}

function problem(line: number, what: string, broken = true): Problem {
  return { line, what, broken };
}

/** The first line that is not UTF-8; 0: all of it is. */
function firstBad(content: Uint8Array): number {
  if (isUtf8(content)) return 0;
  let line = 1;
  let at = 0;
  for (let end = content.indexOf(10); end >= 0; end = content.indexOf(10, at)) {
    if (!isUtf8(content.subarray(at, end))) return line;
    at = end + 1;
    line += 1;
  }
  return line;
}

/** What is wrong with a line by itself. */
function inLine(name: TextName, row: string, line: number): Problem[] {
  const own = wordsOf(name);
  const known = [...common, ...Object.keys(own)];
  const problems = unknownIn(row, known).map((word) => {
    const meant = nearest(word.trim(), known);
    const cure = meant
      ? `did you mean {{${meant}}}?`
      : `there are ${known.map((one) => `{{${one}}}`).join(", ")}`;
    return problem(line, `{{${word}}} is no word of ${name}; ${cure}`);
  });
  if (/\{\{|\}\}/.test(row.replace(/\{\{[^{}]*\}\}/g, "")))
    problems.push(problem(line, "braces that are not closed, or not opened"));
  if (/[^\P{Cc}\t]/u.test(row))
    problems.push(problem(line, "a control character; take it out"));
  for (const [word, { kind }] of Object.entries(own))
    if (
      kind === "lines" &&
      row.includes(`{{${word}}}`) &&
      row.trim() !== `{{${word}}}`
    )
      problems.push(
        problem(
          line,
          `{{${word}}} has several lines: put it on one of its own`,
        ),
      );
  return problems;
}

/** What is wrong with the text as a whole. */
function shape(name: TextName, rows: readonly string[]): Problem[] {
  const [first = "", second = ""] = rows;
  const filled = rows.filter((row) => row.trim() !== "").length;
  if (!catalogue[name].mail) {
    if (first.startsWith(SUBJECT))
      return [problem(1, `${name} stands inside of other texts: no Subject`)];
    if (filled === 0) return [problem(1, "it is empty")];
    const gap = rows.findIndex((row) => row.trim() === "");
    return gap < 0
      ? []
      : [problem(gap + 1, `${name} is one sentence: no blank line in it`)];
  }
  if (!first.startsWith(SUBJECT) || first.slice(SUBJECT.length).trim() === "")
    return [problem(1, 'the first line must be "Subject: " and a subject')];
  if (second.trim() !== "")
    return [problem(2, "a blank line must stand behind the Subject")];
  return filled < 2 ? [problem(1, "it has nothing but a Subject")] : [];
}

/** Words that are needed and not there. The text is used all the same. */
function missing(name: TextName, text: string): Problem[] {
  return Object.entries(wordsOf(name))
    .filter(([word, { needed }]) => needed && !text.includes(`{{${word}}}`))
    .map(([word, { about }]) => problem(1, `{{${word}}} is missing: ${about}`));
}

function paragraphsOf(
  name: TextName,
  rows: readonly string[],
  known: readonly string[],
): Paragraph[] {
  const own = wordsOf(name);
  const groups: string[][] = [[]];
  for (const row of rows)
    if (row.trim() !== "") groups.at(-1)?.push(row.trimEnd());
    else if (groups.at(-1)?.length) groups.push([]);
  return groups
    .filter((group) => group.length > 0)
    .map((group) => {
      const lines = joined(group, own).map((row) => {
        const indent = /^ */.exec(row)?.[0] ?? "";
        return { indent, parts: partsOf(row.slice(indent.length), known) };
      });
      const used = lines.flatMap(({ parts }) =>
        parts.flatMap((part) => ("name" in part ? [part.name] : [])),
      );
      const needs = used.filter(
        (word) => word === "description" || own[word]?.optional,
      );
      return { lines, needs };
    });
}

/** The lines of a paragraph as one, but for those that stay as they are. */
function joined(
  rows: readonly string[],
  own: ReturnType<typeof wordsOf>,
): string[] {
  const lines: string[] = [];
  const stays = (row: string) =>
    row.startsWith("  ") ||
    Object.entries(own).some(
      ([word, { kind }]) => kind === "lines" && row === `{{${word}}}`,
    );
  for (const row of rows) {
    const last = lines.at(-1);
    if (last === undefined || stays(row) || stays(last)) lines.push(row);
    else lines[lines.length - 1] = `${last}${between(last, row)}${row.trim()}`;
  }
  return lines;
}

/** Japanese has no blank where a line ends. */
function between(last: string, next: string): string {
  return isWide(last.at(-1) ?? "") || isWide(next.at(0) ?? "") ? "" : " ";
}
