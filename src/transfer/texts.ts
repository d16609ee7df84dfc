/**
 * Texts of other managers: their bytes as text, and what they fill in as words of ours. Pure.
 */
import { tagOf } from "../base/languages.ts";

/** UTF-8 where it is, Latin-1 otherwise: files of these managers say nothing about it. */
export function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder("latin1").decode(bytes);
  }
}

/** Text in which no words of ours stand by chance, and no control characters. */
export function plain(text: string): string {
  return text
    .replace(/\r\n?/g, "\n")
    .replace(/[^\P{Cc}\n\t]/gu, "")
    .replace(/\{(?=\{)|\}(?=\})/g, "$& ");
}

/** A text as templates have it. */
export function template(subject: string, body: string): string {
  return `Subject: ${subject}\n\n${body.trim()}\n`;
}

/** A language code of Mailman's or Debian's as RFC 5646 has it; undefined where it is none. */
export function languageOf(code: string): string | undefined {
  const [first = "", region] = code.replace("_", "-").split("-");
  const small = first.toLowerCase();
  const language = small === "gr" ? "el" : small;
  return tagOf(region ? `${language}-${region}` : language);
}

/**
 * A prefix of subjects: these managers put a blank behind it themselves.
 * @param number what stands for the post's number in it
 */
export function prefixOf(
  text: string,
  number?: RegExp,
): { prefix: string; numbered: boolean } {
  const numbered = number?.test(text) ?? false;
  const cut = number === undefined ? text : text.replace(number, "");
  const tidy = numbered ? cut.replace(/\s+([\])>])/g, "$1") : cut;
  const prefix = tidy.trim() === "" ? "" : `${tidy.trimEnd()} `;
  return { prefix, numbered };
}

/** What a table has for a word of a stranger; never what every object has. */
export function lookedUp<T>(
  table: Readonly<Record<string, T>>,
  word: string,
): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
