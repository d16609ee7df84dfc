/**
 * What a person types to search an archive, as an FTS5 expression: words, "phrases", word* for beginnings,
 * -word for what must not be there, and from:, subject:, attachment: before any of them. Pure.
 */
import { exit, Failure } from "../base/errors.ts";

const TERM =
  /\s*(-?)(?:(from|subject|attachment|body):)?(?:"([^"]*)"|([^\s"]+?))(\*?)(?=\s|$)/giy;

/** Throws Failure 64 where nothing is left to look for. */
export function matchOf(text: string): string {
  const wanted: string[] = [];
  const unwanted: string[] = [];
  const source = text.trim();
  TERM.lastIndex = 0;
  while (TERM.lastIndex < source.length) {
    const at = TERM.lastIndex;
    const match = TERM.exec(source);
    // A quotation mark that nothing ends is left out.
    if (!match) {
      TERM.lastIndex = at + 1;
      continue;
    }
    const [, not, column, phrase, word, star] = match;
    const said = (phrase ?? word ?? "").replaceAll('"', " ").trim();
    // What has no letter or digit is no word.
    if (!/[\p{L}\p{N}]/u.test(said)) continue;
    const where = column ? `"${column.toLowerCase()}" : ` : "";
    (not ? unwanted : wanted).push(`${where}"${said}"${star ? " *" : ""}`);
  }
  if (wanted.length === 0)
    throw new Failure(
      exit.usage,
      `there is no word to look for in "${text.slice(0, 80)}"`,
    );
  const all = wanted.map((term) => `(${term})`).join(" AND ");
  return unwanted.reduce((sofar, term) => `(${sofar}) NOT (${term})`, all);
}
