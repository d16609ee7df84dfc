/**
 * A query with `:names` as a statement with bound parameters, in the words of each database. Strings,
 * quoted names, comments, `::casts` and `:=` stay as they are. No value ever gets into the text: it
 * depends on the query alone. Pure.
 */
import { exit, Failure } from "../../../base/errors.ts";

export interface Dialect {
  /** What is no code, tried in this order at each place; a word that is none takes all of a name. */
  readonly skipped: RegExp;
  /** What stands in the text for a name. @param n its place among the values, from 1 */
  placeholder(name: string, n: number): string;
  /** Whether each occurrence has a value of its own. */
  readonly repeated: boolean;
}

export interface Statement {
  readonly text: string;
  readonly names: readonly string[];
  /** The value of each name, in the same order. */
  readonly values: readonly string[];
}

const plain = "'(?:[^']|'')*(?:'|$)";
const backslashed = String.raw`'(?:[^'\\]|\\[^]|'')*(?:'|$)`;
const quoted = '"(?:[^"]|"")*(?:"|$)';
const quotedBackslashed = String.raw`"(?:[^"\\]|\\[^]|"")*(?:"|$)`;
const backticked = "`[^`]*(?:`|$)";
const bracketed = String.raw`\[[^\]]*(?:\]|$)`;
const block = String.raw`\/\*[^]*?(?:\*\/|$)`;
// A name may hold $ and ends no number: so neither $1 nor $$ begins within one.
const word = String.raw`[\w\u0080-\uffff][\w$\u0080-\uffff]*`;
const colons = "::|:=";

const anyOf = (...some: readonly string[]) => new RegExp(some.join("|"), "y");

/** SQLite knows `:name` itself: the text stays as it is. */
export const sqlite: Dialect = {
  skipped: anyOf(
    plain,
    quoted,
    backticked,
    bracketed,
    "--[^\\n]*",
    block,
    word,
    colons,
  ),
  placeholder: (name) => `:${name}`,
  repeated: false,
};

export const postgres: Dialect = {
  skipped: anyOf(
    `[eE]${backslashed}`,
    plain,
    quoted,
    String.raw`\$(?<tag>(?:[A-Za-z_\u0080-\uffff][\w\u0080-\uffff]*)?)\$[^]*?(?:\$\k<tag>\$|$)`,
    "--[^\\r\\n]*",
    String.raw`\/\*`,
    word,
    colons,
  ),
  placeholder: (_, n) => `$${n}`,
  repeated: false,
};

/** @param mode the session's sql_mode, which says what a backslash and a double quote mean */
export function mysql(mode: string): Dialect {
  const modes = mode.toUpperCase().split(",");
  const escapes = !modes.includes("NO_BACKSLASH_ESCAPES");
  const text = escapes && !modes.includes("ANSI_QUOTES");
  return {
    skipped: anyOf(
      escapes ? backslashed : plain,
      text ? quotedBackslashed : quoted,
      backticked,
      String.raw`--(?=[\s\u0000-\u001f]|$)[^\n]*`,
      "#[^\\n]*",
      block,
      word,
      colons,
    ),
    placeholder: () => "?",
    repeated: true,
  };
}

const NAME = /:([A-Za-z_][\w$\u0080-\uffff]*)/y;

/**
 * The statement of a query.
 * @param standsFor what a name stands for; undefined where there is no such name
 * Throws a Failure that names a name without a value.
 */
export function translated(
  query: string,
  dialect: Dialect,
  standsFor: (name: string) => string | undefined,
): Statement {
  const names: string[] = [];
  let text = "";
  for (let at = 0; at < query.length; ) {
    const passed = endOfSkipped(query, at, dialect);
    if (passed > at) {
      text += query.slice(at, passed);
      at = passed;
      continue;
    }
    NAME.lastIndex = at;
    const name = NAME.exec(query)?.[1];
    if (name === undefined) {
      text += query[at];
      at += 1;
      continue;
    }
    const known = dialect.repeated ? -1 : names.indexOf(name);
    if (known < 0) names.push(name);
    text += dialect.placeholder(name, known < 0 ? names.length : known + 1);
    at = NAME.lastIndex;
  }
  return { text, names, values: names.map((name) => valued(name, standsFor)) };
}

function endOfSkipped(query: string, at: number, dialect: Dialect): number {
  dialect.skipped.lastIndex = at;
  const found = dialect.skipped.exec(query)?.[0];
  if (found === undefined) return at;
  // PostgreSQL nests its comments.
  if (found === "/*") return endOfNested(query, at);
  return at + found.length;
}

function endOfNested(query: string, at: number): number {
  let depth = 0;
  const mark = /\/\*|\*\//g;
  mark.lastIndex = at;
  for (let found = mark.exec(query); found; found = mark.exec(query)) {
    depth += found[0] === "/*" ? 1 : -1;
    if (depth === 0) return mark.lastIndex;
  }
  return query.length;
}

function valued(
  name: string,
  standsFor: (name: string) => string | undefined,
): string {
  const value = standsFor(name);
  if (value !== undefined) return value;
  throw new Failure(
    exit.tryLater,
    `[sql] the query has :${name}, which stands for nothing; there are :list, :local, :domain, :sender, :recipient, :from, :subject and :header_name`,
  );
}

/** The Failure of a statement without rows. */
export function noSelect(): Failure {
  return new Failure(exit.tryLater, "[sql] the query must be a SELECT");
}
