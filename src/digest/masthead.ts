/**
 * What both kinds of digest have in common: the fields of the message, and the page that says what
 * is in the issue, in the language of who reads it.
 */
import type { List } from "../lists/directory.ts";
import { type Audience, type Said, textFor } from "../lists/texts/texts.ts";
import { type Fields, messageId } from "../mail/compose.ts";
import { topicsOf } from "./contents.ts";
import type { Issue } from "./issues.ts";
import type { Post } from "./posts.ts";

export interface Masthead {
  /** For whom the page and the notes are. */
  readonly audience: Audience & { readonly list: List };
  /** The From field: the list's owner or request address. */
  readonly from: string;
  readonly date: Date;
  /** The entry's id: the same in every try. */
  readonly id: string;
}

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

/** Most levels by which a topic is moved to the right. */
const LEVELS = 8;

/** The page before the posts: what this is, where to write to, and the topics in order. */
export async function pageOf(
  { ordinal, volume, posts }: Issue,
  { audience }: Masthead,
): Promise<Said & { readonly posts: readonly Post[] }> {
  const noSubject = textFor(audience, "word-no-subject", {}).body;
  const width = String(posts.length).length;
  const found = await topicsOf(posts);
  const topics = found.map(({ depth, subject, author }, at) => {
    const number = String(at + 1).padStart(width);
    const indent = "  ".repeat(Math.min(depth, LEVELS));
    return `${number}. ${indent}${subject || noSubject}${author && ` (${author})`}`;
  });
  const name = audience.list.local;
  const said = textFor(audience, "digest", {
    name,
    number: ordinal,
    volume,
    posts: posts.length,
    topics,
  });
  return { ...said, posts: found.map(({ post }) => post) };
}
