/**
 * One field of a header as bytes: its value read, and a new field written so that it is one field,
 * whatever the value holds. RFC 5322 §2.2. Pure.
 */
import { isUtf8 } from "node:buffer";

/** Most characters of a line, RFC 5322 §2.1.1. */
const LINE = 78;

export type LineEnd = "\n" | "\r\n";

export interface Field {
  /** Lower case. */
  readonly key: string;
  /** The whole field with its line end (which the last field of a file may lack). */
  readonly raw: Buffer;
  /** Where the value starts in `raw`: behind the colon. */
  readonly valueAt: number;
}

/** The value: unfolded, trimmed, UTF-8 or else Latin-1, CR and NUL as blanks. */
export function textOf(field: Field): string {
  const bytes = field.raw.subarray(field.valueAt);
  return unfold(bytes.toString(isUtf8(bytes) ? "utf8" : "latin1"));
}

function unfold(value: string): string {
  return value
    .replace(/\r?\n(?=[ \t])/g, "")
    .replace(/[\r\n\0]/g, " ")
    .trim();
}

/** A new field, folded at blanks where a line would be longer than 78 characters. */
export function fieldOf(name: string, value: string, eol: LineEnd): Field {
  if (!/^[!-9;-~]+$/.test(name))
    throw new TypeError(`not a field name: ${JSON.stringify(name)}`);
  let text = "";
  let line = `${name}: `;
  for (const [index, word] of words(unfold(value)).entries()) {
    if (index > 0 && line.length + word.length > LINE) {
      text += line + eol;
      line = "";
    }
    line += word;
  }
  return {
    key: name.toLowerCase(),
    raw: Buffer.from(text + line + eol),
    valueAt: name.length + 1,
  };
}

/** Words, each but the first with the blanks before it. */
function words(value: string): string[] {
  return value.match(/[ \t]*[^ \t]+/g) ?? [];
}
