/** Commands that people copy out of what is told to them: no shell may read more into a word. Pure. */

/** A word as a shell takes it (POSIX sh, 2.2). */
export function shellWord(text: string): string {
  return /^[\w.+@%:,/=-]+$/.test(text)
    ? text
    : `'${text.replaceAll("'", "'\\''")}'`;
}
