/**
 * How many columns text takes where letters have one width: East Asian wide characters and emoji
 * take two (UAX #11), marks that are set above or below others none. Pure.
 */

const WIDE =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Bopomofo}\p{sc=Yi}\u1100-\u115f\uac00-\ud7a3\u3000-\u303e\u3099-\u33ff\ua960-\ua97c\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff60\uffe0-\uffe6\p{Emoji_Presentation}]/u;
/** Letters of the scripts above that take one column. */
const HALF = /[\uff61-\uffdc]/;
const NONE = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]+$/u;
const ASCII = /^[ -~]*$/;
/** Most of what is written; none of it joins what stands before it. */
const SIMPLE = /^[ -~\u3000-\u3029\u3030-\u3098\u309b-\u30ff\u4e00-\u9fff]*$/;

const graphemes = new Intl.Segmenter("en", { granularity: "grapheme" });

/** What a reader takes for single characters; most are one of Unicode's. */
export function charactersOf(text: string): string[] {
  if (SIMPLE.test(text)) return text.split("");
  return Array.from(graphemes.segment(text), ({ segment }) => segment);
}

/** Whether a character, or the first of several, is wide. */
export function isWide(character: string): boolean {
  const first = String.fromCodePoint(character.codePointAt(0) ?? 0);
  return WIDE.test(first) && !HALF.test(first);
}

/** The columns of text on one line. */
export function columns(text: string): number {
  if (ASCII.test(text)) return text.length;
  let sum = 0;
  for (const character of charactersOf(text))
    if (isWide(character)) sum += 2;
    else if (!NONE.test(character)) sum += 1;
  return sum;
}
