/**
 * The reason that a moderator gives in an answer: what stands above the quoted letter. Pure but for
 * reading the message.
 */
import { oneLine } from "../base/log.ts";
import type { Message } from "../mail/message.ts";
import { readable } from "../mail/text.ts";

const READ = { limit: 16 * 1024, input: 1024 * 1024 };
const LINES = 20;

/** At most 20 lines; "" where nothing was written. */
export async function reasonIn(message: Message): Promise<string> {
  const { text } = await readable(message.pieces(), READ);
  return reasonOf(text);
}

/** The same of the text of the answer. */
export function reasonOf(text: string): string {
  const all = text.split("\n", FAR).map((raw) => oneLine(raw, 500).trimEnd());
  const end = all.findIndex((_, at) => endsAt(all, at));
  const lines = all.slice(0, end < 0 ? all.length : end);
  if (end >= 0) withoutIntroduction(lines);
  while (lines.at(-1) === "") lines.pop();
  while (lines[0] === "") lines.shift();
  return lines.slice(0, LINES).join("\n");
}

/** Lines that are looked at. */
const FAR = 500;

const from = /^\s*\*?(from|von|de|da|van|fra|från|od|差出人|发件人)\s?[:：]/i;
const subject =
  /^\s*\*?(subject|betreff|objet|asunto|assunto|oggetto|onderwerp|emne|ämne|件名|主题)\s?[:：]/i;
/** What decides, in an address or a subject: whoever it was given to keeps it for himself. */
const door =
  /\b(approve|reject|discard|free)([-+=_#][a-z2-7]{20,}@|\s{1,3}[a-z2-7]{36,}\b)/i;

/** Whether a signature or the letter itself begins at a line: quoted, below a rule, or below its header. */
function endsAt(lines: readonly string[], at: number): boolean {
  const line = lines[at] ?? "";
  return (
    /^(--$|>|\s*-{4,}|_{5,})/.test(line) ||
    door.test(line) ||
    (from.test(line) &&
      lines.slice(at + 1, at + 6).some((one) => subject.test(one)))
  );
}

/** A time, a year, a day, as an introduction has them; an address as well. */
const time = /\d[:.]\d\d|\d{4}|\d[./-]\d/;
const timeOrAddress = /[<@[]|\d[:.]\d\d|\d{4}/;

/**
 * Takes away what mail programs write above a quotation, "On Monday … wrote:": of one line, or of up to
 * three, until the time is in it.
 */
function withoutIntroduction(lines: string[]): void {
  while (lines.at(-1) === "") lines.pop();
  if (!/[:：]$/.test(lines.at(-1) ?? "")) return;
  let gone = lines.pop() ?? "";
  for (let count = 0; count < 2 && !time.test(gone); count += 1) {
    const above = lines.at(-1) ?? "";
    if (!timeOrAddress.test(above) || /[.!?]$/.test(above)) return;
    gone = `${above} ${gone}`;
    lines.pop();
  }
}
