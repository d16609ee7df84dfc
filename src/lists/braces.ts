/**
 * Text of the settings that is filled in for each recipient: `{{address}}` and the like. Pure.
 */

/** What there is to fill in. */
export const names = ["address", "list", "token", "unsubscribe"] as const;
export type Name = (typeof names)[number];

/** What each name stands for. */
export type Words = Readonly<Record<Name, string>>;

/** Text as it is, or a name to fill in. */
export type Part = { readonly text: string } | { readonly name: Name };

const BRACES = /\{\{([^{}]*)\}\}/g;

/** Text cut at its names; what looks like one and is none stays text. */
export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const match of text.matchAll(BRACES)) {
    const name = names.find((one) => one === match[1]);
    if (name === undefined) continue;
    if (match.index > at) parts.push({ text: text.slice(at, match.index) });
    parts.push({ name });
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push({ text: text.slice(at) });
  return parts;
}

/** The whole text. */
export function filledIn(parts: readonly Part[], words: Words): string {
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
