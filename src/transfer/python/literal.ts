/**
 * Python's literals as repr and pprint write them: what Mailman's dumpdb prints. Nothing is run.
 * Text, depth and number of values are bounded, and what is no literal (an object's own words in
 * <...>, a call) is kept as what it is, to be passed over. Pure.
 */
import { exit, Failure } from "../../base/errors.ts";
import { oneLine } from "../../base/log.ts";
import { Scanner } from "./scanner.ts";
import { stringAt } from "./string.ts";

/** A thing that is no literal. */
export class Opaque {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toJSON(): string {
    return this.text;
  }
}

export type PythonValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Opaque
  | PythonValue[]
  | Map<PythonValue, PythonValue>;

export const DEPTH = 100;
/** Values in all. */
const VALUES = 50_000_000;

/** Reads literals out of a text. @param file its name in errors */
export class Literals {
  readonly scan: Scanner;
  #values = 0;

  constructor(text: string, file: string) {
    this.scan = new Scanner(text, file);
  }

  /** The value here; what stands behind it is left. Throws a Failure that names the line. */
  value(depth = 0): PythonValue {
    const { scan } = this;
    scan.blank();
    this.#values += 1;
    if (depth > DEPTH) throw scan.wrong(`nested more than ${DEPTH} deep`);
    if (this.#values > VALUES) throw scan.wrong("too many values");
    switch (scan.next) {
      case "{":
        return this.#braces(depth);
      case "[":
        return this.#several("]", depth).items;
      case "(": {
        const { items, comma } = this.#several(")", depth);
        // What stands alone in parentheses is only grouped: pprint breaks long text so.
        return items.length === 1 && !comma ? (items[0] ?? null) : items;
      }
      case "<":
        return this.#angles();
      default:
        return this.#simple(depth);
    }
  }

  #several(close: string, depth: number) {
    const { scan } = this;
    scan.skip(1);
    const items: PythonValue[] = [];
    let comma = false;
    for (;;) {
      scan.blank();
      if (scan.take(close)) return { items, comma };
      if (items.length > 0 && !comma)
        throw scan.wrong(`"," or "${close}" is missing`);
      items.push(this.value(depth + 1));
      scan.blank();
      comma = scan.take(",");
    }
  }

  /** A dictionary, or a set. */
  #braces(depth: number): PythonValue {
    const { scan } = this;
    scan.skip(1);
    const pairs = new Map<PythonValue, PythonValue>();
    const items: PythonValue[] = [];
    for (let comma = true; ; ) {
      scan.blank();
      if (scan.take("}")) return items.length > 0 ? items : pairs;
      if (!comma) throw scan.wrong('"," or "}" is missing');
      const key = this.value(depth + 1);
      scan.blank();
      if (scan.take(":")) pairs.set(key, this.value(depth + 1));
      else items.push(key);
      if (items.length > 0 && pairs.size > 0)
        throw scan.wrong('":" is missing');
      scan.blank();
      comma = scan.take(",");
    }
  }

  /** An object that has no literal: from "<" to the ">" that is followed by what may follow a value. */
  #angles(): Opaque {
    const { scan } = this;
    const found = scan.match(/<[\s\S]{0,4000}?>(?=\s*(?:[,}\])]|$))/y);
    if (found === undefined) throw scan.wrong('no value begins with "<"');
    return new Opaque(oneLine(found, 200));
  }

  #simple(depth: number): PythonValue {
    const { scan } = this;
    const text = stringAt(scan);
    if (text !== undefined) {
      let whole = text;
      for (;;) {
        // Only what is in brackets goes on on the next line.
        if (depth > 0) scan.blank();
        else scan.match(/[ \t]+/y);
        const more = stringAt(scan);
        if (more === undefined) return whole;
        whole += more;
      }
    }
    const number = scan.match(
      /[+-]?(?:0[xX][\da-fA-F]+|0[oO]?[0-7]+(?![.\de])|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)[lLjJ]?/y,
    );
    if (number !== undefined) return numberOf(number);
    const word = scan.match(/[+-]?[A-Za-z_][\w.]*/y);
    if (word === undefined) {
      const near = scan.near();
      throw scan.wrong(
        near === "" ? "ends where a value must be" : `no value: ${near}`,
      );
    }
    if (Object.hasOwn(words, word)) return words[word] ?? null;
    scan.blank();
    if (scan.next !== "(")
      throw scan.wrong(`"${oneLine(word, 40)}" is no value`);
    const { items } = this.#several(")", depth);
    const [only] = items;
    if (/^(frozen)?set$/.test(word) && items.length <= 1)
      return Array.isArray(only) ? only : [];
    return new Opaque(`${oneLine(word, 40)}(...)`);
  }
}

const words: Record<string, PythonValue> = {
  None: null,
  True: true,
  False: false,
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  "+inf": Number.POSITIVE_INFINITY,
  "-inf": Number.NEGATIVE_INFINITY,
};

function numberOf(text: string): number | bigint | Opaque {
  if (/[jJ]$/.test(text)) return new Opaque(oneLine(text, 40));
  const plain = text.replace(/[lL]$/, "");
  if (/[.eE]/.test(plain) && !/^[+-]?0[xX]/.test(plain)) return Number(plain);
  const [, sign, figures = ""] = /^([+-]?)(.*)$/.exec(plain) ?? [];
  if (figures.length > 1000)
    return new Opaque("a number of more than 1000 figures");
  const octal = /^0[0-7]+$/.test(figures) ? `0o${figures.slice(1)}` : figures;
  const whole = BigInt(octal) * (sign === "-" ? -1n : 1n);
  const small = Number(whole);
  return Number.isSafeInteger(small) ? small : whole;
}

/**
 * The one value of a text.
 * @param file its name in errors
 * Throws a Failure that names the line.
 */
export function pythonLiteral(text: string, file: string): PythonValue {
  const literals = new Literals(text, file);
  const value = literals.value();
  literals.scan.blank();
  if (!literals.scan.done)
    throw new Failure(
      exit.dataError,
      `${literals.scan.place()}: something stands behind the value: ${literals.scan.near()}`,
    );
  return value;
}
