/**
 * The header fields of a recipient's own, as text with CRLF. Whatever the values are, each field
 * is one field and no line has more than 998 octets (RFC 5322 §2.1.1). Pure.
 */
import {
  filledIn,
  type Part,
  partsOf,
  type Words,
} from "../../lists/braces.ts";
import type { Personal } from "../../lists/schema/personal.ts";
import { fieldOf } from "../../mail/field.ts";
import { encodeWords } from "../../mail/words.ts";
import { LONGEST } from "./lines.ts";
import { mailto } from "./values.ts";

/** Most characters of a line that is not folded. */
const LINE = 78;

export interface Fields {
  /** Names that the message must not have besides. */
  readonly names: readonly string[];
  /** @param mailbox where mail unsubscribes this recipient */
  text(words: Words, mailbox: string): string;
}

/** The fields that the settings of a list ask for. */
export function fieldsOf({ headers, unsubscribe_url }: Personal): Fields {
  const own = headers.map(compiled);
  const names = own.map(({ name }) => name);
  const oneClick = unsubscribe_url !== undefined;
  if (oneClick) names.push("List-Unsubscribe", "List-Unsubscribe-Post");
  return {
    names,
    text(words, mailbox) {
      let text = oneClick ? unsubscribe(words.unsubscribe, mailbox) : "";
      for (const field of own) text += written(field, words);
      return text;
    },
  };
}

/** RFC 2369 and RFC 8058: one click by HTTPS, or a mail. */
function unsubscribe(link: string, mailbox: string): string {
  return (
    `List-Unsubscribe: <${link}>,\r\n <${mailto(mailbox)}>\r\n` +
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n"
  );
}

interface Template {
  readonly name: string;
  readonly parts: readonly Part[];
  /** The text of the settings is not ASCII, so that all of it is written as RFC 2047 has it. */
  readonly encode: boolean;
}

function compiled(line: string): Template {
  const colon = line.indexOf(":");
  const value = line.slice(colon + 1).trim();
  return {
    name: line.slice(0, colon),
    parts: partsOf(value),
    encode: /[^\0-\x7f]/.test(value),
  };
}

/** An address that is not ASCII stays as it is, RFC 6532, as it goes by SMTPUTF8 anyway. */
function written({ name, parts, encode }: Template, words: Words): string {
  const filled = filledIn(parts, words);
  const value = encode ? encodeWords(filled) : filled;
  if (name.length + 2 + value.length <= LINE) return `${name}: ${value}\r\n`;
  return cut(fieldOf(name, value, "\r\n").raw.toString());
}

/** Lines that folding could not make short enough, folded inside of words. */
function cut(field: string): string {
  if (field.length * 3 <= LONGEST) return field;
  return field
    .split("\r\n")
    .map((line) => {
      let [text, octets] = ["", 0];
      for (const character of line) {
        const size = Buffer.byteLength(character);
        if (octets + size > LONGEST) [text, octets] = [`${text}\r\n `, 1];
        text += character;
        octets += size;
      }
      return text;
    })
    .join("\r\n");
}
