/**
 * The words of a rule: parted by blanks, or in quotes of either kind, where a backslash takes the
 * next character as it is. Pure.
 */

export interface Word {
  readonly text: string;
  readonly quoted: boolean;
}

/** The words of a line; undefined where a quote is not closed, or something follows one at once. */
export function wordsOf(line: string): Word[] | undefined {
  const words: Word[] = [];
  for (let at = 0; at < line.length; ) {
    const first = line.charAt(at);
    if (isBlank(first)) at += 1;
    else if (first === '"' || first === "'") {
      const end = closing(line, at);
      if (end === undefined || !isBlank(line.charAt(end + 1) || " "))
        return undefined;
      words.push({ text: bare(line.slice(at + 1, end)), quoted: true });
      at = end + 1;
    } else {
      let end = at;
      while (end < line.length && !isBlank(line.charAt(end))) end += 1;
      words.push({ text: line.slice(at, end), quoted: false });
      at = end;
    }
  }
  return words;
}

/** Text as a word that is read back as it is, in quotes where it must be. */
export function wordFor(text: string): string {
  return text === "" || /^["']|[ \t]/.test(text) ? quoted(text) : text;
}

export function quoted(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

function bare(text: string): string {
  return text.replace(/\\([\s\S])/g, "$1");
}

/** Where the quote that opens here is closed. */
function closing(line: string, from: number): number | undefined {
  const quote = line.charAt(from);
  for (let at = from + 1; at < line.length; at += 1)
    if (line.charAt(at) === "\\") at += 1;
    else if (line.charAt(at) === quote) return at;
  return undefined;
}

function isBlank(character: string): boolean {
  return character === " " || character === "\t";
}
