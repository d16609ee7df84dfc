/**
 * Mail that a list writes by itself to one person: a text of the catalogue in the reader's language,
 * marked so that no machine answers it (RFC 3834).
 */
import { createHash } from "node:crypto";
import type { Piece } from "../base/pieces.ts";
import {
  composeParts,
  mailbox,
  messageId,
  multipart,
  newBoundary,
  type Part,
} from "../mail/compose.ts";
import { flowedPart } from "../mail/flowed.ts";
import { Header } from "../mail/header.ts";
import type { List } from "./directory.ts";
import { BEEN, extended } from "./marks.ts";
import { rosterOf } from "./roster.ts";
import type { Site } from "./settings.ts";
import type { TextName, Words } from "./texts/catalogue.ts";
import { textFor } from "./texts/texts.ts";

/** On what occasion a list writes. */
export interface Occasion {
  readonly site: Pick<Site, "home" | "hostname" | "delimiters">;
  readonly list: List;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Of the entry that it follows from; the same in every try. */
  readonly id: string;
}

export interface Reader {
  readonly address: string;
  /** Those that are understood, best first. */
  readonly languages?: readonly string[];
}

/** Who sends letters, as a hook emits them. */
export interface Emitter {
  emit(emission: {
    readonly recipient: string;
    readonly content: readonly Piece[];
    /** It leaves by the MTA, also where the address is one of ours. */
    readonly outside?: boolean;
    /** Seconds since 1970 before which it is not taken. */
    readonly due?: number;
    /** Where it comes back to; LIST-bounces@ without it. */
    readonly sender?: string;
    /** Straight into this queue, for the list of the message at hand. */
    readonly queue?: string;
    /** With a queue: the list that it is for, where that is another one. */
    readonly list?: string;
  }): void;
}

/** An address, with the language that a member of it has chosen. */
export async function readerOf(
  {
    site,
    list,
  }: {
    readonly site: Pick<Site, "home">;
    readonly list: Pick<List, "address">;
  },
  address: string,
): Promise<Required<Reader>> {
  const member = await rosterOf(site.home).get(list.address, address);
  return { address, languages: member?.language ? [member.language] : [] };
}

export interface More {
  /** Where an answer goes; the owners without it. */
  readonly replyTo?: string;
  /** What stands behind the subject. */
  readonly mark?: string;
  /** The Message-ID that it answers. */
  readonly inReplyTo?: string;
  /** What stands in its Message-ID, besides the text's name; of its own without it. */
  readonly token?: string;
  /** Messages that go with it. */
  readonly enclosed?: readonly (readonly Piece[])[];
}

/** The whole message. */
export function letter<N extends TextName>(
  { site, list, now, id }: Occasion,
  { address, languages = [] }: Reader,
  name: N,
  words: Words<N>,
  more: More = {},
): Piece[] {
  const text = textFor({ site, list, languages }, name, words);
  const page = flowedPart(text.body, text.language);
  const { replyTo, mark, inReplyTo, token, enclosed } = more;
  // Letters of one occasion are told apart, also in a second try.
  const which = createHash("sha256")
    .update(JSON.stringify([address, words, mark, replyTo]))
    .digest("hex")
    .slice(0, 12);
  // Anything else would have to be encoded, and an encoded Message-ID is none.
  const answers = /^<(?!.*=\?)[!-;=?-~]{1,900}>$/.test(inReplyTo ?? "")
    ? inReplyTo
    : "";
  return composeParts(
    {
      from: mailbox(extended(site, list, "owner"), list.local),
      to: mailbox(address),
      subject: mark === undefined ? text.subject : `${text.subject} (${mark})`,
      date: new Date(now),
      messageId: messageId(
        `${name}.${token ?? `${id}.${which}`}`,
        site.hostname,
      ),
      autoSubmitted: answers ? "auto-replied" : "auto-generated",
      headers: {
        ...(replyTo === undefined ? {} : { "Reply-To": replyTo }),
        ...(answers ? { "In-Reply-To": answers, References: answers } : {}),
        // Older programs than RFC 3834, and Exchange.
        Precedence: "bulk",
        "X-Auto-Response-Suppress": "All",
        // Somebody may have his mail forwarded to the list: it is no post.
        [BEEN]: list.address,
      },
    },
    enclosed ? both(page, enclosed) : page,
  );
}

/** The page, and what goes with it: one message as it is, several as a digest. */
function both(page: Part, enclosed: readonly (readonly Piece[])[]): Part {
  const messages = enclosed.map((content) => ({
    header: eightBit(new Header().add("Content-Type", "message/rfc822")),
    content,
  }));
  const [first] = messages;
  if (!first) return page;
  const part =
    messages.length === 1
      ? first
      : whole(multipart("digest", messages, newBoundary()));
  return whole(multipart("mixed", [page, part], newBoundary()));
}

function whole({ header, content }: Part): Part {
  return { header: eightBit(header), content };
}

/** What a message holds is not known, and any of it may be 8-bit (RFC 2046 §5.2.1). */
function eightBit(header: Header): Header {
  return header.add("Content-Transfer-Encoding", "8bit");
}
