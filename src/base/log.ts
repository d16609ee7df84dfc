/**
 * Log lines: time, where, what; one line each, on stderr, for journald or a file.
 * Text from mail may stand in them, so control characters never do.
 */

/** A place that log lines go to. Tests pass their own. */
export type Log = (where: string, what: string) => void;

/**
 * Makes text of strangers fit for one line of a log or a reply.
 * @param text any text
 * @param limit most characters to keep
 */
export function oneLine(text: string, limit = 1000): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  const clean = text.replace(/[\u0000-\u001f\u007f-\u009f]+/g, " ").trim();
  return clean.length > limit ? `${clean.slice(0, limit)}…` : clean;
}

/** "1 page", "2 pages". */
export function plural(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Writes to stderr. */
export const stderrLog: Log = (where, what) => {
  process.stderr.write(
    `${new Date().toISOString()} ${oneLine(where)}: ${oneLine(what, 4000)}\n`,
  );
};

/** Writes nothing. */
export const noLog: Log = () => {};
