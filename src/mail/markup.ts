/**
 * What is worth knowing about HTML of strangers before a converter works on it: the time that
 * converters need grows with a power of the nesting. Linear in the length of the HTML. Pure.
 */

/** Elements that never have an end tag, and `p`, which the next block ends. */
const UNNESTED = new Set(
  "area base br col embed hr img input link meta p source track wbr".split(" "),
);

/** The deepest nesting of elements, as a lenient parser sees it: end tags that match none are ignored. */
export function nesting(html: string): number {
  const stack: string[] = [];
  const open = new Map<string, number>();
  let deepest = 0;
  for (const [, slash, name = ""] of html.matchAll(
    /<(\/?)([a-z][^\s/>]{0,40})/gi,
  )) {
    const element = name.toLowerCase();
    if (UNNESTED.has(element)) continue;
    if (slash === "") {
      stack.push(element);
      open.set(element, (open.get(element) ?? 0) + 1);
      deepest = Math.max(deepest, stack.length);
      continue;
    }
    if ((open.get(element) ?? 0) === 0) continue;
    for (let closed = ""; closed !== element; ) {
      closed = stack.pop() ?? element;
      open.set(closed, (open.get(closed) ?? 0) - 1);
    }
  }
  return deepest;
}

/** The text between the tags, poorly but surely. */
export function withoutTags(html: string): string {
  return html
    .replace(/<[^<>]*>/g, " ")
    .replace(/[ \t]+/g, " ")
    .replace(/ ?\n ?/g, "\n");
}
