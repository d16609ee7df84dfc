/**
 * Where things stand in a TOML text, so that errors name a line and a program changes one value
 * without touching the comments and order around it. Expects text that a TOML parser accepted.
 * Pure.
 */

/** A `key = value` or `[section]` of the text; offsets in characters, `line` from 1. */
export interface Place {
  /** The full path, the section's name included. */
  readonly path: readonly string[];
  readonly line: number;
  /** Start of the line. */
  readonly start: number;
  /** The value alone; both the same for a section. */
  readonly from: number;
  readonly to: number;
}

/** All sections and keys, in order. Keys inside inline tables are not among them. */
export function places(text: string): Place[] {
  const found: Place[] = [];
  let section: string[] = [];
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const start = at;
    while (text[at] === " " || text[at] === "\t") at += 1;
    const first = text[at];
    let end = endOfLine(text, at);
    if (first === "[") {
      while (text[at] === "[") at += 1;
      section = keyPath(text, at).path;
      found.push({ path: section, line, start, from: end, to: end });
    } else if (first !== undefined && !"#\r\n".includes(first)) {
      const key = keyPath(text, at);
      let from = key.end + 1;
      while (text[from] === " " || text[from] === "\t") from += 1;
      const to = valueEnd(text, from);
      found.push({ path: [...section, ...key.path], line, start, from, to });
      end = endOfLine(text, to);
    }
    for (let i = start; i < end; i += 1) if (text[i] === "\n") line += 1;
    line += 1;
    at = end + 1;
  }
  return found;
}

/**
 * The line of a setting, from 1; of the nearest section or key around it where it has no line of
 * its own; undefined where nothing around it stands in the text.
 * @param text with it, one of an array has the line that it begins in
 */
export function lineOf(
  found: readonly Place[],
  path: readonly PropertyKey[],
  text = "",
): number | undefined {
  for (let length = path.length; length > 0; length -= 1) {
    const place = found.find(
      (p) =>
        p.path.length >= length &&
        path.slice(0, length).every((key, i) => p.path[i] === String(key)),
    );
    if (place === undefined) continue;
    const index = path[length];
    const line =
      typeof index === "number" && place.path.length === length
        ? elementLines(text, place)[index]
        : undefined;
    return line ?? place.line;
  }
  return undefined;
}

/** The lines in which the values of an array begin; none where the place is no array. */
export function elementLines(
  text: string,
  { from, to, line }: Place,
): number[] {
  const lines: number[] = [];
  if (text[from] !== "[") return lines;
  let depth = 0;
  let here = line;
  let isNext = true;
  for (let at = from; at < to; ) {
    const c = text[at] ?? "";
    const end = c === '"' || c === "'" ? stringEnd(text, at) : at + 1;
    if (c === "#") {
      at = endOfLine(text, at);
      continue;
    }
    const opens = c === "[" || c === "{";
    if (depth === 1 && isNext && !", \t\r\n]".includes(c)) {
      lines.push(here);
      isNext = false;
    }
    if (depth === 1 && c === ",") isNext = true;
    if (opens) depth += 1;
    if (c === "]" || c === "}") depth -= 1;
    for (; at < end; at += 1) if (text[at] === "\n") here += 1;
  }
  return lines;
}

/**
 * The text with one setting set, or taken out where `value` is undefined. A line `#key = ...`
 * in the right section, a default commented out, is replaced; otherwise the setting is put at the
 * end of its section, which is added (or its `#[section]` line opened) where it is missing.
 * @param path one or two names
 * @param value the value as TOML
 */
export function withSetting(
  text: string,
  path: readonly string[],
  value: string | undefined,
): string {
  const found = places(text);
  const same = (place: Place, other: readonly string[]) =>
    place.path.join("\0") === other.join("\0");
  const present = found.find((p) => p.from < p.to && same(p, path));
  if (value === undefined) {
    if (present === undefined) return text;
    const next = endOfLine(text, present.to) + 1;
    return text.slice(0, present.start) + text.slice(next);
  }
  if (present !== undefined)
    return text.slice(0, present.from) + value + text.slice(present.to);

  const key = path.at(-1) ?? "";
  const section = path.slice(0, -1).join(".");
  const lines = freeLines(text, found);
  const heads = lines.filter((line) => line.section !== undefined);
  const endOf = (from: number) =>
    heads.find((line) => line.at > from)?.at ?? text.length;
  const lastIn = (from: number) =>
    found.findLast((p) => p.start > from && p.start < endOf(from));
  // Keys behind a header that is commented out belong to the section above it.
  const closed = (line: Line) => line.text.startsWith("#");
  const candidates = heads.filter((line) => line.section === section);
  const head =
    candidates.find((line) => !closed(line)) ??
    candidates.find((line) => lastIn(line.at) === undefined);
  if (section !== "" && head === undefined) {
    const gap = text === "" || text.endsWith("\n") ? "\n" : "\n\n";
    return `${text}${gap}[${section}]\n${key} = ${value}\n`;
  }
  const from = head?.at ?? -1;
  const to = endOf(from);
  const inside = lines.filter((line) => line.at > from && line.at < to);
  const commented = inside.find((line) =>
    new RegExp(`^#${key}[ \\t]*=`).test(line.text),
  );
  const last = lastIn(from);
  let changed: string;
  if (commented !== undefined) {
    const after = commented.at + commented.text.length;
    changed = `${text.slice(0, commented.at)}${key} = ${value}${text.slice(after)}`;
  } else {
    const anchor = last?.to ?? head?.at;
    const at =
      anchor === undefined
        ? to
        : Math.min(endOfLine(text, anchor) + 1, text.length);
    const gap = at > 0 && text[at - 1] !== "\n" ? "\n" : "";
    changed = `${text.slice(0, at)}${gap}${key} = ${value}\n${text.slice(at)}`;
  }
  return head !== undefined && closed(head)
    ? changed.slice(0, head.at) + changed.slice(head.at + 1)
    : changed;
}

interface Line {
  readonly at: number;
  readonly text: string;
  /** The name, where the line is a `[section]` or a `#[section]`. */
  readonly section: string | undefined;
}

/** Lines that are not part of a value. */
function freeLines(text: string, found: readonly Place[]): Line[] {
  const lines: Line[] = [];
  let next = 0;
  for (let at = 0; at < text.length; ) {
    const end = endOfLine(text, at);
    while ((found[next]?.start ?? text.length) < at) next += 1;
    const place = found[next]?.start === at ? found[next] : undefined;
    const line = text.slice(at, end).replace(/\r$/, "");
    const real = place?.from === place?.to ? place?.path.join(".") : undefined;
    const section = real ?? /^#\[([A-Za-z0-9_.-]+)\]/.exec(line)?.[1];
    lines.push({ at, text: line, section });
    at = (place === undefined ? end : endOfLine(text, place.to)) + 1;
  }
  return lines;
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf("\n", at);
  return end < 0 ? text.length : end;
}

/** A dotted key, and where it ends (at "=" or "]"). */
function keyPath(text: string, start: number): { path: string[]; end: number } {
  const path: string[] = [];
  let name = "";
  let at = start;
  for (; at < text.length; at += 1) {
    const c = text[at] ?? "";
    if (c === '"' || c === "'") {
      const end = stringEnd(text, at);
      name += unquoted(text.slice(at, end));
      at = end - 1;
    } else if (c === ".") {
      path.push(name);
      name = "";
    } else if (c === "=" || c === "]" || c === "\n") break;
    else if (c !== " " && c !== "\t") name += c;
  }
  return { path: [...path, name], end: at };
}

function unquoted(text: string): string {
  if (text.startsWith("'")) return text.slice(1, -1);
  try {
    return String(JSON.parse(text));
  } catch {
    return text.slice(1, -1);
  }
}

/** Where a value ends: at the line's end or a comment, outside of strings and brackets. */
function valueEnd(text: string, start: number): number {
  let depth = 0;
  let end = start;
  for (let at = start; at < text.length; ) {
    const c = text[at] ?? "";
    if (c === '"' || c === "'") at = stringEnd(text, at);
    else if (c === "#") {
      if (depth === 0) break;
      at = endOfLine(text, at);
      continue;
    } else if (c === "\n" && depth === 0) break;
    else {
      if (c === "[" || c === "{") depth += 1;
      if (c === "]" || c === "}") depth -= 1;
      at += 1;
    }
    if (!" \t\r\n".includes(c)) end = at;
  }
  return end;
}

/** Behind the string that begins here: one of the four kinds. */
function stringEnd(text: string, start: number): number {
  const quote = text[start] ?? "";
  const long = text.startsWith(quote.repeat(3), start);
  const close = long ? quote.repeat(3) : quote;
  for (let at = start + close.length; at < text.length; at += 1) {
    if (text[at] === "\\" && quote === '"') at += 1;
    else if (text.startsWith(close, at)) {
      let end = at + close.length;
      // up to two quotes may stand right before the closing three
      while (long && text[end] === quote && end < at + 5) end += 1;
      return end;
    }
  }
  return text.length;
}
