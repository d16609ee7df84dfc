/**
 * Text whose paragraphs a reader's program may break where its window ends: format=flowed, RFC 3676.
 * Each line of the text is a paragraph, or stays as it is where it fits. Whoever knows nothing of
 * flowed text reads lines of at most 72 columns. Japanese and Chinese have no blanks to break at, so
 * there DelSp says that the blank at the end of a line is none of the text. Pure.
 */
import { type Part, textPart } from "./compose.ts";
import { charactersOf, columns, isWide } from "./width.ts";

/** Columns of a line, with what stands before and behind its text. */
const WIDTH = 72;
const SIGNATURE = "-- ";

/** Characters that begin no line. */
const NO_BEGIN =
  /^[、。，．・：；？！゛゜´｀¨ヽヾゝゞ々〻ー」』）〕］｝〉》】〙〗〟’”»｠ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶㇰ-ㇿ‐–〜～…‥%‰℃!?,.:;)\]}]/u;
/** Characters that end no line. */
const NO_END = /[「『（〔［｛〈《【〘〖〝‘“«｟([{]$/u;

/**
 * A part of plain text.
 * @param text a line a paragraph; a line that begins with ">" is a quotation, as deep as it has
 *   these, 40 at most; "-- " alone begins a signature
 * @param language of the text, such as "pt-BR"
 */
export function flowedPart(text: string, language: string): Part {
  const deletes = hasNoBlanks(language);
  const part = textPart(flowed(text, deletes).join("\n"));
  const type = `text/plain; charset=utf-8; format=flowed${deletes ? "; delsp=yes" : ""}`;
  const header = part.header.set("Content-Type", type);
  return {
    header: /^[A-Za-z0-9-]+$/.test(language)
      ? header.add("Content-Language", language)
      : header,
    content: part.content,
  };
}

/**
 * The same text where its lines are read as they are: broken at 72 columns, but for those that
 * begin with a blank.
 */
export function wrapped(text: string, language: string): string {
  const between = hasNoBlanks(language);
  return text
    .split("\n")
    .flatMap((line) => (/^ /.test(line) ? line : broken(line, "", between)))
    .map(withoutEnd)
    .join("\n");
}

function hasNoBlanks(language: string): boolean {
  return /^(?:ja|zh)(?:-|$)/i.test(language);
}

/** The lines of a text in format=flowed. @param deletes whether DelSp holds */
export function flowed(text: string, deletes = false): string[] {
  return text
    .replaceAll("\0", "")
    .replace(/\r\n?/g, "\n")
    .toWellFormed()
    .trimEnd()
    .split("\n")
    .flatMap((line) => paragraph(line, deletes));
}

function paragraph(line: string, deletes: boolean): string[] {
  const marks = /^>{0,40}/.exec(line)?.[0] ?? "";
  const rest = marks === "" ? line : line.slice(marks.length).replace(/^ /, "");
  const text = rest === SIGNATURE ? rest : withoutEnd(rest);
  if (marks !== "")
    return text === "" ? [marks] : broken(text, `${marks} `, deletes);
  return broken(text, "", deletes).map((one) =>
    needsStuffing(one) ? ` ${one}` : one,
  );
}

/** A regular expression would take a time that grows with the square of the blanks. */
function withoutEnd(line: string): string {
  let end = line.length;
  while (line[end - 1] === " " || line[end - 1] === "\t") end -= 1;
  return line.slice(0, end);
}

/** A line that would be taken for something else, RFC 3676 §4.4. */
function needsStuffing(line: string): boolean {
  return /^(?: |>|From )/.test(line);
}

/** @param before what stands before each line */
function broken(text: string, before: string, deletes: boolean): string[] {
  const lines: string[] = [];
  const end = deletes ? " " : "";
  let line = "";
  let left = 0;
  for (const piece of deletes ? pieces(text) : wordsOf(text)) {
    const width = columns(piece);
    // A line of this alone would be a signature's.
    if (width > left && line !== "" && line + end !== SIGNATURE) {
      lines.push(before + line + end);
      line = "";
    }
    if (line === "") {
      const stuffed = before === "" && needsStuffing(piece) ? 1 : 0;
      left = WIDTH - before.length - end.length - stuffed;
    }
    line += piece;
    left -= width;
  }
  return [...lines, before + line];
}

/** Words with the blanks behind them; blanks at the beginning belong to the first. */
function wordsOf(text: string): string[] {
  return text.match(/^ *[^ ]* *|[^ ]+ */g) ?? [""];
}

/** The same, and cut between wide characters, where no rule of typesetting forbids it. */
function pieces(text: string): string[] {
  return wordsOf(text).flatMap((word) => {
    const found: string[] = [];
    let last = "";
    for (const character of charactersOf(word)) {
      if (last !== "" && mayBreak(last, character)) found.push(character);
      else found.push((found.pop() ?? "") + character);
      last = character;
    }
    return found;
  });
}

function mayBreak(last: string, next: string): boolean {
  if (last === " " || next === " ") return false;
  if (!isWide(last) && !isWide(next)) return false;
  return !NO_BEGIN.test(next) && !NO_END.test(last);
}
