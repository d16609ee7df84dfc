/**
 * An issue as MIME: the contents, then multipart/digest (RFC 2046 §5.1.5) with each post byte for
 * byte. Posts stay in their files, so memory stays flat.
 */
import type { Piece } from "../base/pieces.ts";
import {
  composeParts,
  multipart,
  newBoundary,
  type Part,
} from "../mail/compose.ts";
import { flowedPart } from "../mail/flowed.ts";
import { Header } from "../mail/header.ts";
import type { Issue } from "./issues.ts";
import { fieldsOf, type Masthead, pageOf } from "./masthead.ts";
import { contentOf } from "./posts.ts";

/** The digest as a message. Its pieces are ranges of the posts' files. */
export async function buildMime(
  issue: Issue,
  masthead: Masthead,
): Promise<Piece[]> {
  const page = await pageOf(issue, masthead);
  // What a post holds is not known, and any of it may be 8-bit (RFC 2046 §5.2.1).
  const posts = multipart(
    "digest",
    page.posts.map((post) => ({ header: enclosed, content: contentOf(post) })),
    newBoundary(),
  );
  const both = multipart(
    "mixed",
    [flowedPart(page.body, page.language), eightBit(posts)],
    newBoundary(),
  );
  return composeParts(fieldsOf(issue, masthead, page), eightBit(both));
}

const enclosed = new Header()
  .add("Content-Type", "message/rfc822")
  .add("Content-Transfer-Encoding", "8bit");

function eightBit(part: Part): Part {
  return {
    ...part,
    header: part.header.add("Content-Transfer-Encoding", "8bit"),
  };
}
