/**
 * Regular expressions as globs, where that says the same. A glob has * for any text and ? for one
 * character and is compared without case; most expressions of list managers are no more than that.
 * The whole text is compared, so one without ^ or $ gets a * there. Pure.
 */

/** Most globs that one expression may come to. */
const MOST = 16;
const START = "\u0001";
const END = "\u0002";

/**
 * The globs of which one fits whenever the expression does (without case, within one line).
 * @returns undefined where there are none, or too many
 */
export function globsOf(expression: string): string[] | undefined {
  const reader = new Reader(expression.replace(/^\(\?i\)/, ""));
  const all = reader.alternatives(0);
  if (all === undefined || !reader.done) return undefined;
  const globs: string[] = [];
  for (const one of all) {
    const from = one.startsWith(START) ? one.slice(1) : `*${one}`;
    const glob = from.endsWith(END) ? from.slice(0, -1) : `${from}*`;
    // An anchor in the middle fits nowhere, or only where line ends are.
    if (glob.includes(START) || glob.includes(END)) return undefined;
    globs.push(glob.replace(/\*+/g, "*"));
  }
  return [...new Set(globs)];
}

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get done(): boolean {
    return this.#at === this.#text.length;
  }

  alternatives(depth: number): string[] | undefined {
    if (depth > 20) return undefined;
    const all: string[] = [];
    for (;;) {
      const one = this.#sequence(depth);
      if (one === undefined) return undefined;
      all.push(...one);
      if (all.length > MOST) return undefined;
      if (!this.#take("|")) return all;
    }
  }

  #sequence(depth: number): string[] | undefined {
    let so: string[] = [""];
    while (!this.done && !"|)".includes(this.#next)) {
      const atom = this.#atom(depth);
      const counted = atom && this.#counted(atom);
      if (counted === undefined) return undefined;
      so = so.flatMap((before) => counted.map((after) => before + after));
      if (so.length > MOST) return undefined;
    }
    return so;
  }

  /** What one atom may be, each way. */
  #atom(depth: number): string[] | undefined {
    const sign = this.#next;
    this.#at += 1;
    switch (sign) {
      case "^":
        return [START];
      case "$":
        return [END];
      case ".":
        return ["?"];
      case "(": {
        if (this.#take("?") && !this.#take(":")) return undefined;
        const inside = this.alternatives(depth + 1);
        return this.#take(")") ? inside : undefined;
      }
      case "[":
        return this.#oneLetter();
      case "\\":
        return this.#escaped();
      default:
        return /[*+?{}\]\p{Cc}]/u.test(sign) ? undefined : [sign];
    }
  }

  /** A set that is one letter in both cases, or one sign. */
  #oneLetter(): string[] | undefined {
    const [all, first = "", second] =
      /^([^\]^\\*?])([^\]\\])?\]/u.exec(this.#text.slice(this.#at)) ?? [];
    if (all === undefined) return undefined;
    if (second !== undefined && second.toLowerCase() !== first.toLowerCase())
      return undefined;
    this.#at += all.length;
    return [first];
  }

  #escaped(): string[] | undefined {
    const sign = this.#next;
    this.#at += 1;
    // A glob has no way to write its own signs.
    return /^[^\w\s*?\p{Cc}]$/u.test(sign) ? [sign] : undefined;
  }

  /** The atom as often as the sign behind it says. */
  #counted(atom: string[]): string[] | undefined {
    const sign = this.#next;
    if (sign === "" || !"*+?{".includes(sign)) return atom;
    this.#at += 1;
    this.#take("?");
    const any = atom.length === 1 && atom[0] === "?";
    if (any && sign === "*") return ["*"];
    if (any && sign === "+") return ["?*"];
    return sign === "?" ? ["", ...atom] : undefined;
  }

  get #next(): string {
    const code = this.#text.codePointAt(this.#at);
    return code === undefined ? "" : (this.#text[this.#at] ?? "");
  }

  #take(sign: string): boolean {
    if (this.#next !== sign) return false;
    this.#at += 1;
    return true;
  }
}
