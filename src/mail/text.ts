/**
 * What a person would read of a message: its text, or its HTML as text, in any charset. The only
 * importer of mailparser. Never throws on rubbish: it gives what it could read. Memory stays flat:
 * attachments are counted, not kept, and no more than the first MiBs of a message are looked at.
 */
import type { AttachmentStream, MessageText } from "mailparser";
import { oneLine } from "../base/log.ts";
import { chunks, type Piece, slice } from "../base/pieces.ts";
import { parseDate } from "./date.ts";
import { nesting, withoutTags } from "./markup.ts";
import { openMessage } from "./message.ts";

/** Bytes of a message that are parsed at all; text seldom starts behind a large attachment. */
const INPUT = 8 * 1024 * 1024;
/** Characters of HTML that are turned into text: that costs much more than plain text. */
const HTML = 512 * 1024;
/** Deepest nesting of HTML that is turned into text properly. */
const NESTING = 100;
const ATTACHMENTS = 100;

export interface Attachment {
  /** "" where it has none. */
  readonly name: string;
  /** "image/png" */
  readonly type: string;
  /** Bytes, decoded; of the part that was looked at. */
  readonly size: number;
}

export interface ReadableMessage {
  /** One line, decoded; "" where there is none. So is `from`. */
  readonly subject: string;
  readonly from: string;
  /** Undefined where there is none that can be read. */
  readonly date: Date | undefined;
  /** LF line ends; "" where there is none. */
  readonly text: string;
  /** The text was longer than the limit. */
  readonly cut: boolean;
  /** The first hundred. */
  readonly attachments: readonly Attachment[];
}

/**
 * @param limit most bytes of text, as UTF-8
 * @param input bytes of the message that are parsed. Throws only the file system's errors.
 */
export async function readable(
  pieces: readonly Piece[],
  { limit, input = INPUT }: { limit: number; input?: number },
): Promise<ReadableMessage> {
  const { header } = await openMessage(pieces);
  const start = slice(pieces, 0, input);
  const parsed = await parse(start, false);
  const { attachments } = parsed;
  const text = await withHtml(start, parsed);
  const whole = Buffer.from(text.replace(/\r\n?/g, "\n").toWellFormed());
  return {
    subject: header.text("Subject"),
    from: header.text("From"),
    date: parseDate(header.get("Date") ?? ""),
    text: whole.toString("utf8", 0, end(whole, limit)),
    cut: whole.length > limit,
    attachments,
  };
}

/** The end of the last whole character within the limit. */
function end(text: Buffer, limit: number): number {
  if (text.length <= limit) return text.length;
  let at = limit;
  while (at > 0 && ((text[at] ?? 0) & 0xc0) === 0x80) at--;
  return at;
}

/** The text, and the HTML that stands where no plain text says the same. */
async function withHtml(
  pieces: readonly Piece[],
  { text, html }: Parsed,
): Promise<string> {
  if (html === "") return text;
  const tame = html.length <= HTML && nesting(html) <= NESTING;
  const blank = text.trim() === "";
  if (!tame) return blank ? withoutTags(html) : text;
  if (!blank) return (await parse(pieces, true)).text;
  // Only HTML that is the whole message is turned into text by the parser.
  const alone = Buffer.from(
    `Content-Type: text/html; charset=utf-8\n\n${html}`,
  );
  return (await parse([alone], true)).text;
}

interface Parsed {
  readonly text: string;
  readonly html: string;
  readonly attachments: Attachment[];
}

/** @param convert turn HTML into text, in the order of the parts; only where the HTML is tame */
async function parse(
  pieces: readonly Piece[],
  convert: boolean,
): Promise<Parsed> {
  const attachments: Attachment[] = [];
  let text = "";
  let html = "";
  // Loaded by those that read a text: most commands and runs never do.
  const { MailParser } = await import("mailparser");
  const parser = new MailParser({
    skipImageLinks: true,
    skipTextToHtml: true,
    skipTextLinks: true,
    skipHtmlToText: !convert,
  });
  let failed = false;
  const done = new Promise<void>((resolve) => {
    // A parser that fails has said what it could; what it says later still counts.
    parser.on("error", () => {
      failed = true;
      setImmediate(resolve);
    });
    parser.on("end", resolve);
    parser.on("close", resolve);
  });
  parser.on("data", (data: AttachmentStream | MessageText) => {
    if (data.type === "attachment") return drain(data, attachments);
    text = data.text ?? "";
    html = typeof data.html === "string" ? data.html : "";
  });
  const feed = (async () => {
    for await (const chunk of chunks(pieces)) {
      if (failed) return;
      if (parser.write(chunk)) continue;
      const drained = new Promise((resolve) => parser.once("drain", resolve));
      await Promise.race([drained, done]);
    }
    parser.end();
  })();
  await Promise.all([feed, done]);
  parser.destroy();
  return { text, html, attachments };
}

/** Lets an attachment pass by; the parser waits until it is released. Types may be `false`. */
function drain(data: AttachmentStream, attachments: Attachment[]): void {
  let size = 0;
  data.content.on("data", (chunk: Uint8Array) => {
    size += chunk.length;
  });
  data.content.on("error", () => data.release?.());
  data.content.on("end", () => {
    if (attachments.length < ATTACHMENTS)
      attachments.push({
        name: oneLine(String(data.filename || ""), 200),
        type: oneLine(
          String(data.contentType || "application/octet-stream"),
          200,
        ),
        size,
      });
    data.release?.();
  });
}
