/**
 * What a mail asks for: by the address that it went to, `LIST-subscribe@`, or by the words in its
 * subject and text, `LIST-request@`. The text is what a person would read of it, in any charset and
 * also of HTML alone. Whatever a stranger writes, it comes to at most ten commands of one line.
 */
import { oneLine } from "../base/log.ts";
import type { Message } from "../mail/message.ts";
import { bareSubject } from "../mail/subject.ts";
import { readable } from "../mail/text.ts";
import { answers, isEnd, nameOf } from "./words.ts";

/** A command: the name of the hook that answers, and what was written behind it, one line. */
export interface Command {
  readonly name: string;
  readonly rest: string;
}

/** Most commands of one mail. */
export const MOST = 10;
/** Lines in a row that are no commands, after which the rest is taken for prose. */
const STRANGE = 3;
/** Words of a line that may be meant as a command. */
const WORDS = 3;
/** Bytes of text that are looked at, and of the message: a line of it costs memory, an end only. */
const READ = { limit: 64 * 1024, input: 1024 * 1024 };
const LINES = 200;
const LINE = 500;

/**
 * The commands in a mail, in their order; what cannot be understood is in it as it was written.
 * @param extension of the list's address that it went to: `request`, `get-5`, `confirm+TOKEN`
 * @param names of the hooks that answer
 */
export async function commandsIn(
  message: Message,
  extension: string,
  delimiters: string,
  names: ReadonlySet<string>,
): Promise<readonly Command[]> {
  const [word, rest] = cut(extension, delimiters);
  if (word === "") return [];
  if (word !== "request") {
    const name = nameOf(word, names) ?? word;
    const more = await restIn(message, name, rest === "");
    return [{ name, rest: [rest, more].filter(Boolean).join(" ") }];
  }
  const { text } = await readable(message.pieces(), READ);
  return commandsOf(bareSubject(message.header.text("Subject")), text, names);
}

/**
 * The token that a command needs, out of the subject or the text: not every address has room for it.
 * @param isNeeded it does not stand in the address
 */
async function restIn(
  message: Message,
  name: string,
  isNeeded: boolean,
): Promise<string> {
  if (!answers.has(name)) return "";
  const found = tokenIn(message.header.text("Subject"));
  if (found || !isNeeded) return found;
  const { text } = await readable(message.pieces(), READ);
  return tokenIn(text.replace(/=?\n[> ]*/g, "\n"));
}

const token = new RegExp(
  `\\b(?:${[...answers].join("|")})[\\s+:]{1,3}([a-z2-7]{24,800})\\b`,
  "i",
);

function tokenIn(text: string): string {
  return token.exec(text)?.[1]?.toLowerCase() ?? "";
}

/**
 * The commands in a subject and a text: a line each.
 * @returns at most ten, and one more where there were more
 */
export function commandsOf(
  subject: string,
  text: string,
  names: ReadonlySet<string>,
): Command[] {
  const found: Command[] = [];
  const first = commandIn(subject, names);
  if (first) found.push(first);
  let strange = 0;
  for (const raw of text.split("\n", LINES)) {
    // "-- " begins a signature; programs that cut blanks leave "--".
    if (/^(?:--|_{3,}|-{3,})$/.test(raw.trimEnd())) break;
    const line = oneLine(raw, LINE).trim();
    if (line === "" || /^[>|#]/.test(line)) continue;
    if (isEnd(line)) break;
    const command = commandIn(line, names);
    strange = command ? 0 : strange + 1;
    if (command && !found.some((one) => isSame(one, command)))
      found.push(command);
    // A few words may be a command misspelt; more of them are for people, and so is what stands above
    // a quotation: "wrote:".
    const isMeant = line.split(" ").length <= WORDS && !/[:：]$/.test(line);
    if (!command && isMeant) found.push(unknown(line));
    if (strange >= STRANGE || found.length > MOST) break;
  }
  const lines = [subject, ...text.split("\n", LINES)];
  const line = lines.map((one) => oneLine(one, LINE).trim()).find(Boolean);
  if (found.length === 0 && line) found.push(unknown(line));
  return found.slice(0, MOST + 1);
}

function commandIn(
  line: string,
  names: ReadonlySet<string>,
): Command | undefined {
  const [, word = "", rest = ""] =
    /^[\s*"'“„<(]{0,5}([^\s:+,;.!"'”“)>]{1,40})[.!:+,;"'”)>]{0,3}\s*(.*)$/su.exec(
      line,
    ) ?? [];
  const name = nameOf(word, names);
  return name === undefined
    ? undefined
    : { name, rest: oneLine(rest.trim(), LINE) };
}

function unknown(line: string): Command {
  const [name = "", ...rest] = oneLine(line, 80).split(" ");
  return { name: name.toLowerCase(), rest: rest.join(" ") };
}

function isSame(one: Command, other: Command): boolean {
  return one.name === other.name && one.rest === other.rest;
}

/** The first word of an extension, and what follows behind the delimiter. */
function cut(extension: string, delimiters: string): [string, string] {
  let end = 0;
  while (end < extension.length && !delimiters.includes(extension.charAt(end)))
    end += 1;
  return [extension.slice(0, end), extension.slice(end + 1)];
}
