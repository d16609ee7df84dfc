/**
 * Addresses as alias files have them (aliases(5) of Postfix and Sendmail): `name: address, address`,
 * continued on lines that begin with a space. Programs, files and includes among them are refused by
 * name, never followed.
 */
import { linesOf, unbroken } from "../../../base/lines.ts";
import { oneLine } from "../../../base/log.ts";
import { oneAddress, type SourceContext } from "../context.ts";
import { withoutComment } from "./lines.ts";
import type { Wanted } from "./wanted.ts";

/** `name:` or `"name":` at the start of a line. */
const NAME = /^(?:"((?:[^"\\]|\\.)*)"[ \t]*|([^\s"#:][^"#:]*)):/;
/** Bytes of one line, which may hold all of a large list. */
const LINE = 4 * 1024 * 1024;
/** Characters of one address. */
const LONGEST = 4096;

/** @param name of the text, for errors that tell a line */
export async function* addressesOfAliases(
  bytes: AsyncIterable<Uint8Array>,
  name: string,
  wanted: Wanted,
  context: SourceContext,
): AsyncGenerator<string[]> {
  let number = 0;
  let rest = "";
  let under: "no name" | "wanted" | "another" = "no name";
  let found: string[] = [];
  const take = (text: string) => {
    found.push(...target(text, context));
  };
  for await (const line of linesOf(unbroken(bytes, name, LINE), LINE)) {
    number += 1;
    let text = withoutComment(line);
    if (text.trim() === "") continue;
    if (!/^[ \t]/.test(text)) {
      take(rest);
      rest = "";
      const start = NAME.exec(text);
      under = "no name";
      if (start) {
        const alias = (start[1] ?? start[2] ?? "").trim();
        under = wanted.has(alias) ? "wanted" : "another";
        text = text.slice(start[0].length);
      }
    }
    if (under === "no name") context.refused(oneLine(text, 200));
    if (under !== "wanted") continue;
    const parts = split(`${rest} ${text}`);
    rest = parts.pop() ?? "";
    if (rest.length > LONGEST)
      throw new Error(
        `${name}:${number}: an address without an end; a quote may be missing`,
      );
    for (const part of parts) take(part);
    if (found.length < 1000) continue;
    yield found;
    found = [];
  }
  take(rest);
  yield found;
}

/** The addresses of one entry, `a@example.org, Name <b@example.org>`. */
export function* targets(
  text: string,
  context: SourceContext,
): Generator<string> {
  if (!text.includes(",")) return yield* target(text, context);
  for (const one of split(text)) yield* target(one, context);
}

/** One address; what is a program, a file or an include is refused, whatever address it may hold. */
function* target(part: string, context: SourceContext): Generator<string> {
  const text = part.trim();
  const inside = /^"((?:[^"\\]|\\.)*)"$/.exec(text)?.[1] ?? text;
  // A quote that nobody closes makes no name of it.
  if (/^\s*"?\s*(?:[|/]|:include:)/i.test(inside))
    return context.refused(oneLine(text, 200));
  const end = text.endsWith(")") ? text.lastIndexOf("(") : -1;
  yield* oneAddress(end < 0 ? text : text.slice(0, end), context);
}

/** The parts between commas outside of quotes, comments and angle brackets. */
function split(text: string): string[] {
  const parts: string[] = [];
  let start = 0;
  let quoted = false;
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at];
    if (character === "\\") at += 1;
    else if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === "(" || character === "<") depth += 1;
    else if (character === ")" || character === ">")
      depth = Math.max(depth - 1, 0);
    else if (character === "," && depth === 0) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, text.slice(start)];
}
