/**
 * Text with names in braces that are filled in: `{{address}}` and the like. What is filled in is
 * never looked at again, so nothing in it is taken for a name. Pure.
 */

/** What there is to fill in for each recipient. */
export const names = ["address", "list", "token", "unsubscribe"] as const;
export type Name = (typeof names)[number];

/** What each name stands for. */
export type Words = Readonly<Record<Name, string>>;

/** Text as it is, or a name to fill in. */
export type Part<N extends string = Name> =
  | { readonly text: string }
  | { readonly name: N };

const BRACES = /\{\{([^{}]*)\}\}/g;

/** Text cut at its names; what looks like one and is none stays text. */
export function partsOf(text: string): Part[];
export function partsOf<N extends string>(
  text: string,
  known: readonly N[],
): Part<N>[];
export function partsOf(
  text: string,
  known: readonly string[] = names,
): Part<string>[] {
  const parts: Part<string>[] = [];
  let at = 0;
  for (const match of text.matchAll(BRACES)) {
    const name = known.find((one) => one === match[1]);
    if (name === undefined) continue;
    if (match.index > at) parts.push({ text: text.slice(at, match.index) });
    parts.push({ name });
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push({ text: text.slice(at) });
  return parts;
}

/** The whole text. */
export function filledIn<N extends string>(
  parts: readonly Part<N>[],
  words: Readonly<Record<N, string>>,
): string {
  let text = "";
  for (const part of parts)
    text += "text" in part ? part.text : words[part.name];
  return text;
}

/** Whatever stands in braces and is none of the names. */
export function unknownIn(
  text: string,
  known: readonly string[] = names,
): string[] {
  return [...text.matchAll(BRACES)]
    .map(([, name = ""]) => name)
    .filter((name) => !known.includes(name));
}

/** How often a name stands in the text. */
export function countOf(name: Name, text: string): number {
  return partsOf(text).filter((part) => "name" in part && part.name === name)
    .length;
}
