/**
 * A post as a commit of public-inbox, for git-fast-import(1): the message is the blob `m`, the author is who
 * wrote it, when its Date says, the subject is what the commit says; committed by the list, when it came.
 * What public-inbox takes out of messages is taken out here too. Pure.
 */
import { createHash } from "node:crypto";
import { chunks, lengthOf, type Piece } from "../../base/pieces.ts";
import { parseAddresses } from "../../mail/address.ts";
import { parseDate } from "../../mail/date.ts";
import type { Message } from "../../mail/message.ts";
import { type Post, withMessageId } from "../asked.ts";

/** Fields that would mislead who reads an archive, or hold a password; as PublicInbox::Import and ::MDA. */
const UNWANTED = [
  ...["Bytes", "Lines", "Content-Length", "Status", "X-Status"],
  ...["Delivered-To", "X-Original-To", "Urgent", "X-PMRQC"],
  ...["Approved", "Approve", "X-Approved", "X-Approve"],
  "Return-Receipt-To",
  "Disposition-Notification-To",
  "X-Confirm-Reading-To",
];

/** Characters of a subject that are kept. */
const SUBJECT = 2000;

/** The message as it is kept. */
export function kept(post: Pick<Post, "message" | "number" | "list">): Message {
  const message = withMessageId(post);
  if (message.headerTooLarge) return message;
  return message.with({ header: message.header.remove(...UNWANTED) });
}

/** What git calls the blob (SHA-1). */
export async function blobOf(pieces: readonly Piece[]): Promise<string> {
  const hash = createHash("sha1").update(`blob ${lengthOf(pieces)}\0`);
  for await (const chunk of chunks(pieces)) hash.update(chunk);
  return hash.digest("hex");
}

/**
 * The commands that make the commit.
 * @param ref such as refs/heads/master
 * @param tip the commit that it comes after; "" for the first one
 */
export async function* commands(
  post: Pick<Post, "list" | "received">,
  message: Message,
  ref: string,
  tip: string,
): AsyncGenerator<Uint8Array> {
  const pieces = message.pieces();
  yield Buffer.from(`blob\nmark :1\ndata ${lengthOf(pieces)}\n`);
  yield* chunks(pieces);
  const subject = Buffer.from(`${subjectOf(message)}\n`);
  const seconds = Math.floor(post.received.getTime() / 1000);
  const { local, address } = post.list;
  yield Buffer.from(
    [
      "",
      ...(tip === "" ? [`reset ${ref}`] : []),
      `commit ${ref}`,
      "mark :2",
      `author ${authorOf(message)} ${dateOf(message) ?? `${seconds} +0000`}`,
      `committer ${clean(local)} <${clean(address)}> ${seconds} +0000`,
      `data ${subject.length}`,
      "",
    ].join("\n"),
  );
  yield subject;
  yield Buffer.from(
    `\n${tip === "" ? "" : `from ${tip}\n`}deleteall\nM 100644 :1 m\n\ndone\n`,
  );
}

function subjectOf({ header }: Message): string {
  const text = header.text("Subject").slice(0, SUBJECT).replaceAll("\0", " ");
  return text.trim() === "" ? "(no subject)" : text.toWellFormed();
}

/** `Name <address>` as git takes it. */
function authorOf({ header }: Message): string {
  const field = header.get("From") ?? header.get("Sender") ?? "";
  const [author] = parseAddresses(field);
  return `${clean(author?.name || (author?.address ?? ""))} <${clean(author?.address ?? "")}>`;
}

/** Without what would end a name or an address in a commit. */
function clean(text: string): string {
  return text
    .slice(0, 500)
    .replace(/[<>\p{Cc}]+/gu, " ")
    .trim()
    .toWellFormed();
}

/** Seconds and zone; git has no time before 1970, and no zone beyond 14 hours. */
function dateOf({ header }: Message): string | undefined {
  const field = header.get("Date") ?? "";
  const time = parseDate(field)?.getTime();
  if (time === undefined) return undefined;
  const [zone = "+0000"] =
    /[+-](?:(?:0\d|1[0-3])[0-5]\d|1400)(?=\s|$)/.exec(field) ?? [];
  return `${Math.max(0, Math.floor(time / 1000))} ${zone}`;
}
