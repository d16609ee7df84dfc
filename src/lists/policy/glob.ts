/**
 * Globs over text of strangers: `*` is any text, `?` one character, all else itself; without case.
 * Only the last star is ever gone back to, so a text costs at most its length times the glob's,
 * whatever a stranger writes. Pure.
 */

/** A glob made ready: its characters, as one string where each takes one unit. */
export type Glob = string | readonly string[];

/** Whether all of the text fits. */
export function fits(glob: Glob, text: string): boolean {
  const subject = globOf(text);
  let at = 0;
  let next = 0;
  /** Behind the last star, and how far the text is that it stands for. */
  let star = -1;
  let reach = 0;
  while (at < subject.length) {
    const wanted = glob[next];
    if (wanted === "*") {
      next += 1;
      star = next;
      reach = at;
    } else if (wanted === "?" || wanted === subject[at]) {
      next += 1;
      at += 1;
    } else if (star >= 0) {
      reach += 1;
      at = reach;
      next = star;
    } else return false;
  }
  while (glob[next] === "*") next += 1;
  return next === glob.length;
}

const SURROGATE = /[\ud800-\udfff]/;

/** A glob, or a text, without case and with a character at each index. */
export function globOf(text: string): Glob {
  const small = text.toLowerCase();
  return SURROGATE.test(small) ? Array.from(small) : small;
}
