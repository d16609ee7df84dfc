/**
 * What both kinds of digest have in common: the fields of the message, and the page that says what
 * is in the issue. Reads the header of each post only.
 */
import { oneLine } from "../base/log.ts";
import { localOf, parseAddresses } from "../mail/address.ts";
import { type Fields, messageId } from "../mail/compose.ts";
import type { Header } from "../mail/header.ts";
import { openMessage } from "../mail/message.ts";
import type { Issue } from "./issues.ts";
import { contentOf } from "./posts.ts";

export interface Masthead {
  /** The list's address. */
  readonly list: string;
  /** The From field: the list's owner or request address. */
  readonly from: string;
  readonly date: Date;
  /** The entry's id: the same in every try. */
  readonly id: string;
  /** For the Message-ID. */
  readonly hostname: string;
}

/** Bytes of a post's header that are looked at. */
const HEADER = 256 * 1024;

export function fieldsOf(issue: Issue, masthead: Masthead): Fields {
  return {
    from: masthead.from,
    to: masthead.list,
    subject: titleOf(issue, masthead),
    date: masthead.date,
    messageId: messageId(
      `digest.${issue.number}.${masthead.id}`,
      masthead.hostname,
    ),
  };
}

/** "dev digest, issue 5 (12 posts)" */
export function titleOf(issue: Issue, masthead: Masthead): string {
  const count = issue.posts.length;
  return `${nameOf(masthead)} digest, issue ${issue.number} (${count} ${count === 1 ? "post" : "posts"})`;
}

/** The list as people call it. */
export function nameOf(masthead: Masthead): string {
  return localOf(masthead.list);
}

/** The page before the posts: what this is, where to write to, and the topics in order. */
export async function contents(
  issue: Issue,
  masthead: Masthead,
): Promise<string> {
  let text = `${titleOf(issue, masthead)}\n\nTo write to the list: ${masthead.list}\n`;
  text +=
    "When you answer a post, please put its subject in yours.\n\nTopics:\n\n";
  const width = String(issue.posts.length).length + 3;
  for (const [index, post] of issue.posts.entries()) {
    const { header } = await openMessage(contentOf(post), HEADER);
    const topic = oneLine(header.text("Subject"), 200) || "(no subject)";
    const author = authorOf(header);
    text += `${String(index + 1).padStart(width)}. ${topic}${author && ` (${author})`}\n`;
  }
  return text;
}

/** The name of the author, or else the address. */
function authorOf(header: Header): string {
  const [author] = parseAddresses(header.get("From") ?? "");
  return oneLine(author?.name || author?.address || "", 100);
}
