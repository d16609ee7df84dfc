/**
 * The reason that a moderator gives in an answer: what stands above the quoted letter. Pure but for
 * reading the message.
 */
import { oneLine } from "../base/log.ts";
import type { Message } from "../mail/message.ts";
import { readable } from "../mail/text.ts";

const TEXT = 16 * 1024;
const LINES = 20;

/** At most 20 lines; "" where nothing was written. */
export async function reasonIn(message: Message): Promise<string> {
  const { text } = await readable(message.pieces(), { limit: TEXT });
  return reasonOf(text);
}

/** The same of the text of the answer. */
export function reasonOf(text: string): string {
  const lines: string[] = [];
  for (const raw of text.split("\n")) {
    const line = raw.trimEnd();
    if (/^-- ?$/.test(raw) || /^\s*-{4,}|^_{5,}/.test(line)) break;
    if (line.startsWith(">")) break;
    lines.push(oneLine(line, 500));
  }
  // What mail programs write above a quotation: "On Monday … wrote:".
  while (lines.length > 0 && /^$|[:：]$/.test(lines.at(-1) ?? "")) lines.pop();
  while (lines[0] === "") lines.shift();
  return lines.slice(0, LINES).join("\n");
}
