/**
 * Delivery status notifications: what a sender is told of a post that was refused or could not be
 * delivered. RFC 6522 multipart/report, RFC 3464 fields, RFC 3462 header copy, RFC 6533 for UTF-8
 * addresses. Only the header of the original is given back. Pure.
 */
import { isUtf8 } from "node:buffer";
import { oneLine } from "../base/log.ts";
import {
  composeParts,
  messageId,
  multipart,
  newBoundary,
  type Part,
} from "./compose.ts";
import { flowedPart } from "./flowed.ts";
import { Header } from "./header.ts";
import type { Message } from "./message.ts";

/** Recipients that the text for people names; the fields behind it name all. */
const NAMED = 50;
/** Most bytes of the original's header that are given back. */
const HEADER_COPY = 64 * 1024;
/** Most characters of an MTA's reply. */
const REPLY = 500;

export interface Recipient {
  readonly address: string;
  readonly action: "failed" | "delayed";
  /** RFC 3463, "5.7.1". */
  readonly status: string;
  /** The reply of an MTA, or a sentence; any text. */
  readonly reply: string;
}

export interface Report {
  /** The host that reports. */
  readonly reportingHost: string;
  /** Addresses as `mailbox` writes them. */
  readonly from: string;
  readonly to: string;
  readonly subject: string;
  /** For people: what happened and what to do, a line a paragraph. */
  readonly text: string;
  /** The language of subject and text; what is for machines has none. */
  readonly language: string;
  readonly recipients: readonly Recipient[];
  readonly original: Message;
  readonly date: Date;
  /** Makes the Message-ID and the boundary; must be new and not to be guessed. */
  readonly id: string;
}

/** The whole report, to be sent with the null sender. */
export function deliveryReport(report: Report): Buffer {
  const { reportingHost, from, to, date, id, original } = report;
  const references = /<(?![^<>]*=\?)[!-;=?-~]{1,900}>/.exec(
    original.header.get("Message-ID") ?? "",
  )?.[0];
  const parts = [
    flowedPart(report.text, report.language),
    status(report),
    copy(original),
  ];
  const body = multipart("report", parts, newBoundary(id), {
    "report-type": "delivery-status",
  });
  const fields = {
    from,
    to,
    subject: report.subject,
    date,
    messageId: messageId(id, reportingHost),
    autoSubmitted: "auto-replied" as const,
    ...(references === undefined ? {} : { headers: inThread(references) }),
  };
  return Buffer.concat(composeParts(fields, body) as Uint8Array[]);
}

function inThread(id: string): Record<string, string> {
  return { "In-Reply-To": id, References: id };
}

/** Recipients as the text for people names them, with the reply below each. */
export function named(
  recipients: readonly Pick<Recipient, "address" | "reply">[],
): string[] {
  const lines = recipients
    .slice(0, NAMED)
    .flatMap(({ address, reply }) => [
      oneLine(address, 320),
      `  ${oneLine(reply, REPLY)}`,
    ]);
  const more = recipients.length - NAMED;
  return more > 0 ? [...lines, `… (+${more})`] : lines;
}

function status({ reportingHost, recipients }: Report): Part {
  const groups = recipients.map(({ address, action, status, reply }) =>
    new Header()
      .add("Final-Recipient", recipient(address))
      .add("Action", action)
      .add(
        "Status",
        /^[245]\.\d{1,3}\.\d{1,3}$/.test(status) ? status : "5.0.0",
      )
      .add("Diagnostic-Code", `smtp; ${ascii(oneLine(reply, REPLY))}`)
      .bytes(),
  );
  const whole = new Header()
    .add("Reporting-MTA", `dns; ${ascii(oneLine(reportingHost, 255))}`)
    .bytes();
  return {
    header: new Header().add("Content-Type", "message/delivery-status"),
    content: [whole, ...groups].flatMap((group) => [group, Buffer.from("\n")]),
  };
}

/** RFC 6533 §3: what is not ASCII as \x{…}, so that the part stays 7bit. */
function recipient(address: string): string {
  const line = oneLine(address, 320);
  if (/^[\0-\x7f]*$/.test(line)) return `rfc822; ${line}`;
  const escaped = line.replace(
    /[^!-~]|[\\+=]/gu,
    (character) =>
      `\\x{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`,
  );
  return `utf-8; ${escaped}`;
}

function ascii(text: string): string {
  return text.replace(/[^ -~]/gu, "?");
}

/** The original's fields, whole ones only, as many as fit. */
function copy(original: Message): Part {
  const all = original.header.bytes();
  const cut = all.subarray(0, HEADER_COPY);
  const bytes =
    cut.length < all.length ? cut.subarray(0, cut.lastIndexOf(10) + 1) : all;
  const lines = bytes.toString("latin1").replace(/\r\n?/g, "\n");
  const content = Buffer.from(lines.replaceAll("\0", ""), "latin1");
  const plain = content.every((byte) => byte < 128);
  let type = "text/rfc822-headers";
  if (!plain) type += `; charset=${isUtf8(content) ? "utf-8" : "iso-8859-1"}`;
  return {
    header: new Header()
      .add("Content-Type", type)
      .add("Content-Transfer-Encoding", plain ? "7bit" : "8bit"),
    content: [content],
  };
}
