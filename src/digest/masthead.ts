/**
 * What both kinds of digest have in common: the fields of the message, and the page that says what
 * is in the issue, in the language of who reads it. Reads the header of each post only.
 */
import { oneLine } from "../base/log.ts";
import type { List } from "../lists/directory.ts";
import { type Audience, type Said, textFor } from "../lists/texts/texts.ts";
import { parseAddresses } from "../mail/address.ts";
import { type Fields, messageId } from "../mail/compose.ts";
import type { Header } from "../mail/header.ts";
import { openMessage } from "../mail/message.ts";
import type { Issue } from "./issues.ts";
import { contentOf } from "./posts.ts";

export interface Masthead {
  /** For whom the page and the notes are. */
  readonly audience: Audience & { readonly list: List };
  /** The From field: the list's owner or request address. */
  readonly from: string;
  readonly date: Date;
  /** The entry's id: the same in every try. */
  readonly id: string;
}

/** Bytes of a post's header that are looked at. */
const HEADER = 256 * 1024;

/** The fields of an issue whose page is this. */
export function fieldsOf(
  issue: Issue,
  { audience, date, from, id }: Masthead,
  { subject }: Said,
): Fields {
  return {
    from,
    to: audience.list.address,
    subject,
    date,
    messageId: messageId(
      `digest.${issue.number}.${id}`,
      audience.site.hostname,
    ),
  };
}

/** The page before the posts: what this is, where to write to, and the topics in order. */
export async function pageOf(
  { ordinal, volume, posts }: Issue,
  { audience }: Masthead,
): Promise<Said> {
  const noSubject = textFor(audience, "word-no-subject", {}).body;
  const width = String(posts.length).length;
  const topics: string[] = [];
  for (const [index, post] of posts.entries()) {
    const { header } = await openMessage(contentOf(post), HEADER);
    const topic = oneLine(header.text("Subject"), 200) || noSubject;
    const author = authorOf(header);
    topics.push(
      `${String(index + 1).padStart(width)}. ${topic}${author && ` (${author})`}`,
    );
  }
  const name = audience.list.local;
  return textFor(audience, "digest", {
    name,
    number: ordinal,
    volume,
    posts: posts.length,
    topics,
  });
}

/** The name of the author, or else the address. */
function authorOf(header: Header): string {
  const [author] = parseAddresses(header.get("From") ?? "");
  return oneLine(author?.name || author?.address || "", 100);
}
