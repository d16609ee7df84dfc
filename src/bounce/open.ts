/**
 * The header and the parts of a report, also of one that some program has spoilt on its way: blank
 * lines above the header, CR as the line end, a report within the mail of a gateway. Of the world it
 * only reads the files that the message lies in; it throws their errors.
 */
import { bytes } from "../base/pieces.ts";
import { type Header, parseHeader } from "../mail/header.ts";
import type { Message } from "../mail/message.ts";
import { contentType } from "../mail/mime.ts";
import { type Part, partsOf } from "./parts.ts";
import { daemon } from "./rules/senders.ts";

/** Bytes by which line ends are known, and of a message that is read again for them. */
const START = 4096;
const AGAIN = 1024 * 1024;

/** Some programs write blank lines before the header, and some CR where a line ends. */
export async function opened(
  message: Message,
): Promise<{ header: Header; parts: Part[] }> {
  const start = await bytes(message.pieces(), START);
  const isMac = start.includes(13) && !start.includes(10);
  if (!isMac && message.header.names().length > 0)
    return unwrapped(message.header, await partsOf(message));
  const text = (await bytes(message.pieces(), AGAIN)).toString("latin1");
  const whole = Buffer.from(
    (isMac ? text.replaceAll("\r", "\n") : text).trimStart(),
    "latin1",
  );
  const { header, bodyStart } = parseHeader(whole);
  const body = [whole.subarray(bodyStart)];
  return { header, parts: await partsOf({ header, body }) };
}

/** A gateway of a mail system may pass a report on as an attachment, with a footer of its own. */
async function unwrapped(
  header: Header,
  parts: Part[],
): Promise<{ header: Header; parts: Part[] }> {
  const [first] = parts;
  const isDaemon = daemon.test(header.text("From").slice(0, 300));
  if (first?.type !== "message/rfc822" || !isDaemon) return { header, parts };
  const whole = Buffer.from(first.text);
  const inner = parseHeader(whole);
  const { type, subtype } = contentType(inner.header);
  if (type !== "multipart" || subtype !== "report") return { header, parts };
  const body = [whole.subarray(inner.bodyStart)];
  return {
    header: inner.header,
    parts: await partsOf({ header: inner.header, body }),
  };
}
