/**
 * Python's strings: quotes of one and of three, the prefixes b, u and r, all escapes. Text of
 * Python 2 is bytes: where \x escapes write such, they are decoded as UTF-8, or else as Latin-1.
 * Pure.
 */
import { decoded } from "../texts.ts";
import type { Scanner } from "./scanner.ts";

const simple: Record<string, string> = {
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\n": "",
};

const OPENING = /([bBuUrR]{0,2})("""|'''|"|')/y;

/** The string here, undefined where none begins. Throws a Failure where it has no end. */
export function stringAt(scan: Scanner): string | undefined {
  const opening = scan.match(OPENING);
  if (opening === undefined) return undefined;
  const [, prefix = "", quotes = ""] = /^([bBuUrR]*)(.*)$/.exec(opening) ?? [];
  const raw = /r/i.test(prefix);
  const unicode = /u/i.test(prefix);
  const long = quotes.length === 3;
  const stop = quotes[0] ?? "";
  const run = runs[`${stop}${long}`] as RegExp;
  let text = "";
  let bytes = false;
  for (;;) {
    text += scan.match(run) ?? "";
    if (scan.take(quotes)) break;
    if (long && scan.take(stop)) {
      text += stop;
      continue;
    }
    if (!scan.take("\\")) throw scan.wrong("a text has no end");
    if (scan.done) throw scan.wrong("a text has no end");
    if (raw) {
      text += `\\${scan.next}`;
      scan.skip(1);
      continue;
    }
    const code = codeAt(scan, unicode);
    if (code !== undefined) {
      text += String.fromCodePoint(code);
      bytes ||= code > 127 && code < 256;
      continue;
    }
    scan.take("\r");
    const sign = scan.next;
    scan.skip(1);
    // A backslash that escapes nothing is itself.
    text += Object.hasOwn(simple, sign) ? simple[sign] : `\\${sign}`;
  }
  return bytes && !unicode ? fromBytes(text) : text;
}

/** What is itself, up to a quote, a backslash or, in a short string, a line end. */
const runs: Record<string, RegExp> = {
  "'false": /[^'\\\n]+/y,
  '"false': /[^"\\\n]+/y,
  "'true": /[^'\\]+/y,
  '"true': /[^"\\]+/y,
};

/** A character by its number. */
function codeAt(scan: Scanner, unicode: boolean): number | undefined {
  const octal = scan.match(/[0-7]{1,3}/y);
  if (octal !== undefined) return Number.parseInt(octal, 8) & 0x1ff;
  const hex =
    scan.match(/x[\da-fA-F]{2}/y) ??
    (unicode || scan.next !== "N"
      ? scan.match(/u[\da-fA-F]{4}|U00(?:0[\da-fA-F]|10)[\da-fA-F]{4}/y)
      : undefined);
  return hex === undefined ? undefined : Number.parseInt(hex.slice(1), 16);
}

function fromBytes(text: string): string {
  if (!/^[\0-\xff]*$/.test(text)) return text;
  return decoded(Buffer.from(text, "latin1"));
}
