/**
 * An issue as plain text, RFC 1153: the contents, 70 hyphens, each post with the fields that matter
 * and its text, 30 hyphens behind each, and the line that says it is the end. Each text is cut at
 * 200 KiB, and all of them together at 4 MiB.
 */
import { oneLine } from "../base/log.ts";
import type { Piece } from "../base/pieces.ts";
import { textFor } from "../lists/texts/texts.ts";
import { composeParts, textPart } from "../mail/compose.ts";
import { wrapped } from "../mail/flowed.ts";
import { openMessage } from "../mail/message.ts";
import { type ReadableMessage, readable } from "../mail/text.ts";
import type { Issue } from "./issues.ts";
import { fieldsOf, type Masthead, pageOf } from "./masthead.ts";
import { contentOf, type Post } from "./posts.ts";

/** The fields that are kept, in the order of RFC 1153. */
const FIELDS = [
  "Date",
  "From",
  "To",
  "Cc",
  "Subject",
  "Message-ID",
  "Keywords",
  "Summary",
];

/** Bytes. */
const TEXT = 200 * 1024;
const ALL_TEXTS = 4 * 1024 * 1024;
/** Characters of a field. */
const FIELD = 1000;

/** The digest as a message in UTF-8. */
export async function buildPlain(
  issue: Issue,
  masthead: Masthead,
): Promise<Piece[]> {
  const page = await pageOf(issue, masthead);
  let text = `${wrapped(page.body, page.language)}\n\n${"-".repeat(70)}\n\n`;
  let left = ALL_TEXTS;
  for (const post of page.posts) {
    const limit = Math.min(TEXT, left);
    const found = await readable(contentOf(post), { limit });
    left -= Buffer.byteLength(found.text);
    text += `${await fields(post)}\n${escaped(body(found, masthead))}\n\n${"-".repeat(30)}\n\n`;
  }
  // The format's own words, by which programs find the end.
  const { volume, ordinal } = issue;
  const end = `End of ${masthead.audience.list.local} Digest, Vol ${volume}, Issue ${ordinal}`;
  text += `${end}\n${"*".repeat(end.length)}\n`;
  return composeParts(fieldsOf(issue, masthead, page), textPart(text));
}

async function fields(post: Post): Promise<string> {
  const { header } = await openMessage(contentOf(post));
  let text = "";
  for (const name of FIELDS) {
    const value = oneLine(header.text(name), FIELD);
    if (value !== "") text += `${name}: ${value}\n`;
  }
  return text;
}

/** The text, and a line for all that is not in it. */
function body(found: ReadableMessage, { audience }: Masthead): string {
  const lines = [found.text.replace(/^\n+/, "").trimEnd()];
  if (found.cut) lines.push(textFor(audience, "digest-cut", {}).body);
  for (const { name, type, size } of found.attachments) {
    const attachment = name ? `${name} (${type})` : type;
    lines.push(
      textFor(audience, "digest-attachment", { attachment, size }).body,
    );
  }
  return lines.join("\n");
}

/** A line of 30 hyphens would end the post; with a blank before it, it does not. */
function escaped(text: string): string {
  return text.replace(/^(?=-{30}[^\S\n]*$)/gm, " ");
}
