/** A stored post as a row of the index. Reads it once for its sum and as far as text may stand. */
import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { oneLine } from "../base/log.ts";
import { chunks, type FileRange } from "../base/pieces.ts";
import { DAY } from "../base/units.ts";
import { parseAddresses } from "../mail/address.ts";
import { parseDate } from "../mail/date.ts";
import type { Header } from "../mail/header.ts";
import { openMessage } from "../mail/message.ts";
import { messageIdHash } from "../mail/messageidhash.ts";
import { referencesOf } from "../mail/references.ts";
import { baseSubject, isAnswer } from "../mail/subject.ts";
import { readable } from "../mail/text.ts";
import type { Indexing } from "../state/postIndex.ts";

/** Bytes of text that words are taken from. */
const TEXT = 256 * 1024;
/** Bytes of a post that are parsed for it. */
const INPUT = 2 * 1024 * 1024;
/** Characters of a field. */
const FIELD = 500;

/** @param content the whole file. Throws the file system's errors. */
export async function indexingOf(
  number: number,
  content: FileRange,
): Promise<Indexing> {
  const { header } = await openMessage([content]);
  const { text, attachments } = await readable([content], {
    limit: TEXT,
    input: INPUT,
  });
  const { id = "", references } = referencesOf(header);
  const [author] = parseAddresses(header.get("From") ?? "");
  const subject = oneLine(header.text("Subject"), FIELD);
  return {
    number,
    id,
    hash: messageIdHash(header.get("Message-ID")) ?? "",
    references,
    subject,
    base: baseSubject(subject),
    isAnswer: isAnswer(subject),
    author: oneLine(author?.address ?? "", FIELD),
    name: oneLine(author?.name ?? "", FIELD),
    date: dateOf(header, statSync(content.path).mtimeMs),
    bytes: content.end,
    sum: await sumOf(content),
    attachments: attachments.map(({ name, type }) =>
      oneLine(name || type, FIELD),
    ),
    text,
  };
}

/** SHA-256, hexadecimal. */
export async function sumOf(content: FileRange): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of chunks([content])) hash.update(chunk);
  return hash.digest("hex");
}

/**
 * When a post was written: its Date, but where that is more than a day from when it came in, or no date, the
 * time at which it came in: by the Received on top, else by the file.
 * @param stored milliseconds since 1970 @returns the same
 */
export function dateOf(header: Pick<Header, "get">, stored: number): number {
  const came = cameIn(header)?.getTime() ?? stored;
  const said = parseDate(header.get("Date") ?? "")?.getTime();
  return said === undefined || Math.abs(said - came) > DAY
    ? Math.round(came)
    : said;
}

/** When the last mail system took it, by the Received on top; undefined where nothing says so. */
export function cameIn(header: Pick<Header, "get">): Date | undefined {
  const received = header.get("Received") ?? "";
  return parseDate(received.slice(received.lastIndexOf(";") + 1));
}
