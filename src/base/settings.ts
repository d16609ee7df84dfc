/**
 * Settings files: TOML, checked against a strict schema, frozen. All that is wrong with a file is
 * told at once, as `file:line: setting: what is wrong, what is allowed`. The kinds of values know
 * how they are written, so that one schema gives the check, the commented file and the manual.
 * The only importer of smol-toml. Reads files, writes none.
 */
import { readFileSync } from "node:fs";
import { parse, stringify, TomlError } from "smol-toml";
import { z } from "zod";
import { errnoOf, exit, Failure } from "./errors.ts";
import { type Hours, parseHours } from "./hours.ts";
import { oneLine } from "./log.ts";
import { nearest } from "./nearest.ts";
import { lineOf, places } from "./toml.ts";
import { byteCount, milliseconds } from "./units.ts";

/** What TOML gives: text, numbers, booleans, arrays and tables of them. */
export type Table = { [name: string]: unknown };

interface Kind {
  /** What may stand there: "true or false". */
  readonly allowed: string;
  readonly unit?: "milliseconds" | "bytes";
}

/** How values are written: for errors and for the manual. */
export const kinds = z.registry<Kind>();

/** Any text. */
export function text() {
  return z.string().register(kinds, { allowed: "text" });
}

/** true or false. */
export function flag() {
  return z.boolean().register(kinds, { allowed: "true or false" });
}

/** A whole number, `least` to `most` inclusive. */
export function count(least: number, most: number) {
  return z
    .int()
    .min(least)
    .max(most)
    .register(kinds, { allowed: `a whole number, ${least} to ${most}` });
}

/** One of some words. */
export function choice<const T extends readonly string[]>(...words: T) {
  return z
    .enum(words)
    .register(kinds, { allowed: words.map((w) => `"${w}"`).join(" or ") });
}

/** Text that `good` accepts. `allowed` ends the sentence "must be ...". */
export function textLike(allowed: string, good: (text: string) => boolean) {
  return z.string().refine(good).register(kinds, { allowed });
}

/** Several of a kind. */
export function several<T extends z.ZodType>(one: T) {
  const allowed = `an array, each ${kinds.get(one)?.allowed ?? "text"}`;
  return z.array(one).register(kinds, { allowed });
}

/** Text that `read` makes something of, undefined where it cannot. */
function reads<I, T>(
  allowed: string,
  unit: Kind["unit"],
  read: (value: unknown) => T | undefined,
) {
  return z
    .custom<I>()
    .transform((value, context): T => {
      const made = read(value);
      if (made !== undefined) return made;
      context.addIssue({ code: "custom", message: "", input: value });
      return z.NEVER;
    })
    .register(kinds, unit === undefined ? { allowed } : { allowed, unit });
}

/** A duration, in milliseconds once read. @param most the longest: timers end at "24d" */
export function duration(most = "24d") {
  return reads<string, number>(
    `a duration such as "30s", "5m", "4h" or "5d", up to "${most}"`,
    "milliseconds",
    (value) => upTo(most, value),
  );
}

/** The same, or "0s" for none. */
export function delay(most: string) {
  return reads<string, number>(
    `a duration such as "30s", "5m" or "4h", up to "${most}", or "0s"`,
    "milliseconds",
    (value) => (value === "0s" ? 0 : upTo(most, value)),
  );
}

function upTo(most: string, value: unknown): number | undefined {
  const limit = milliseconds(most) ?? Number.POSITIVE_INFINITY;
  const found = milliseconds(value);
  return found !== undefined && found <= limit ? found : undefined;
}

/** Hours of the week. */
export function hours() {
  return reads<string, Hours>(
    'hours such as "22:00-06:00" or "sat,sun 00:00-24:00"',
    undefined,
    parseHours,
  );
}

/** A size, in bytes once read. */
export function size() {
  return reads<string | number, number>(
    'a size such as "256KB", "50MB" or a number of bytes',
    "bytes",
    byteCount,
  );
}

/** The same, or 0 for none. */
export function sizeOrNone() {
  return reads<string | number, number>(
    'a size such as "256KB", "50MB" or a number of bytes, or 0',
    "bytes",
    (value) => (value === 0 || value === "0" ? 0 : byteCount(value)),
  );
}

/** A share, in percent once read. */
export function percent() {
  return reads<string, number>('a share such as "20%"', undefined, (value) => {
    const found = /^(\d{1,3}) ?%$/.exec(String(value))?.[1];
    return found === undefined || Number(found) > 100
      ? undefined
      : Number(found);
  });
}

/**
 * Parses TOML.
 * @param file the name that errors tell
 * Throws a Failure that names the line.
 */
export function parseTable(content: string, file: string): Table {
  try {
    return parse(content);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const what = error.message
      .split("\n")[0]
      ?.replace(/^Invalid TOML.*?: /, "");
    throw new Failure(
      exit.config,
      `${file}:${error.line}: not valid TOML: ${oneLine(what ?? "")}`,
    );
  }
}

/** The text of a settings file, undefined where there is none. */
export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Checks a table against a schema and freezes what comes out.
 * @param content the text that the table came from, for the lines
 * Throws one Failure that tells all problems, one a line.
 */
export function checked<T extends z.ZodType>(
  schema: T,
  table: Table,
  file: string,
  content: string,
): z.output<T> {
  const result = schema.safeParse(table, { reportInput: true });
  if (result.success) return frozen(result.data);
  const found = places(content);
  const lines = result.error.issues.flatMap((issue) =>
    sentences(schema, issue).map(({ path, what }) => {
      const line = lineOf(found, path, content);
      const where = line === undefined ? file : `${file}:${line}`;
      return { line: line ?? 0, text: `${where}: ${name(path)}: ${what}` };
    }),
  );
  lines.sort((a, b) => a.line - b.line);
  throw new Failure(exit.config, lines.map((l) => l.text).join("\n"));
}

/** A value as TOML, on one line. */
export function tomlValue(value: unknown): string {
  return stringify({ v: value }).replace(/^v = /, "").trimEnd();
}

/** A setting's schema without its default and "optional". */
export function bare(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodPrefault)
    return bare(schema.def.innerType);
  return schema;
}

/** The schema of a setting; undefined where there is none of that name. */
export function schemaAt(
  schema: z.core.$ZodType,
  path: readonly PropertyKey[],
): z.core.$ZodType | undefined {
  const here = bare(schema);
  const [first, ...rest] = path;
  if (first === undefined) return here;
  let next: z.core.$ZodType | undefined;
  if (here instanceof z.ZodObject)
    next = here.shape[String(first)] ?? here.def.catchall;
  else if (here instanceof z.ZodRecord) next = here.valueType;
  else if (here instanceof z.ZodArray) next = here.element;
  return next === undefined ? undefined : schemaAt(next, rest);
}

interface Sentence {
  readonly path: readonly PropertyKey[];
  readonly what: string;
}

function sentences(schema: z.ZodType, issue: z.core.$ZodIssue): Sentence[] {
  const path = issue.path;
  if (issue.code === "unrecognized_keys") {
    const around = schemaAt(schema, path);
    const names =
      around instanceof z.ZodObject ? Object.keys(around.shape) : [];
    return issue.keys.map((key) => ({
      path: [...path, key],
      what: noSuch(key, names),
    }));
  }
  if (
    issue.code === "custom" &&
    issue.message &&
    issue.message !== "Invalid input"
  )
    return [{ path, what: issue.message }];
  const at = schemaAt(
    schema,
    issue.code === "invalid_key" ? path.slice(0, -1) : path,
  );
  // A password that stands in a URL is not for a log.
  const shown = oneLine(JSON.stringify(issue.input) ?? "", 80).replace(
    /\/\/[^/]*@/,
    "//...@",
  );
  const around = schemaAt(schema, path.slice(0, -1));
  const last = String(path.at(-1));
  // Beside sections of any name a value is mostly a setting that is written wrong.
  if (
    around instanceof z.ZodObject &&
    !Object.hasOwn(around.shape, last) &&
    issue.code === "invalid_type"
  )
    return [
      { path, what: noSuch(last, Object.keys(around.shape), "a section") },
    ];
  const allowed =
    at instanceof z.ZodObject || at instanceof z.ZodRecord
      ? `a section, [${name(path)}]`
      : ((at && kinds.get(at as z.ZodType))?.allowed ?? "something else");
  if (issue.code === "invalid_key")
    return [{ path, what: `not ${allowedKey(at) ?? "a name"}` }];
  if (issue.input === undefined)
    return [{ path, what: `is missing; it must be ${allowed}` }];
  return [{ path, what: `must be ${allowed}, not ${shown}` }];
}

/** @param more what may be there besides */
function noSuch(key: string, names: readonly string[], more?: string): string {
  const near = nearest(key, names);
  const all = more === undefined ? names : [...names, more];
  return near === undefined
    ? `no such setting; there are ${all.join(", ")}`
    : `no such setting; did you mean ${near}?`;
}

/** What the names in a section of any names may be. */
function allowedKey(section: z.core.$ZodType | undefined): string | undefined {
  if (!(section instanceof z.ZodRecord)) return undefined;
  return kinds.get(section.keyType as z.ZodType)?.allowed;
}

/** A setting's name as TOML would have it; which one of an array, counted from 1: `owners[2]`. */
function name(path: readonly PropertyKey[]): string {
  let shown = "";
  for (const key of path) {
    const word = String(key);
    if (typeof key === "number") shown += `[${key + 1}]`;
    else
      shown += `${shown && "."}${/^[\w-]+$/.test(word) ? word : JSON.stringify(word)}`;
  }
  return oneLine(shown, 200);
}

function frozen<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) frozen(inner);
    Object.freeze(value);
  }
  return value;
}
