// Reports of a few lines for tests, and what is read in them.
import { readReport } from "../../src/bounce/read.ts";
import type { Failure, Report } from "../../src/bounce/report.ts";
import { openMessage } from "../../src/mail/message.ts";

export const daemon = "Mail Delivery System <MAILER-DAEMON@mx.example.net>";

/** Reads a message; fields "Name: value" are lines before the first blank one. */
export async function read(message: string | Buffer): Promise<Report> {
  return readReport(await openMessage([Buffer.from(message)], 256 * 1024));
}

export interface Words {
  readonly from?: string;
  readonly subject?: string;
  /** More lines of the header. */
  readonly fields?: readonly string[];
  readonly lines: readonly string[];
}

/** A report that has words only. */
export function letter({
  from = daemon,
  subject = "x",
  fields = [],
  lines,
}: Words): string {
  const header = [`From: ${from}`, `Subject: ${subject}`, ...fields];
  return [...header, "", ...lines, ""].join("\n");
}

/** A report with its fields, RFC 3464. */
export function report(
  text: readonly string[],
  groups: readonly (readonly string[])[],
  returned = "Message-ID: <1@lists.example.org>\nTo: list@lists.example.org",
): string {
  return [
    `From: ${daemon}`,
    "Subject: Undelivered Mail",
    "Content-Type: multipart/report; report-type=delivery-status; boundary=cut",
    "",
    "--cut",
    "",
    ...text,
    "--cut",
    "Content-Type: message/delivery-status",
    "",
    "Reporting-MTA: dns; mx.example.net",
    "",
    ...groups.flatMap((group) => [...group, ""]),
    "--cut",
    "Content-Type: message/rfc822",
    "",
    returned,
    "",
    "body",
    "--cut--",
    "",
  ].join("\n");
}

/** Family, and a line a failure: recipient, duration, about, reason, status. */
export function shown(report: Report): string[] {
  if (report.kind !== "bounce") return [report.kind];
  return [report.family, ...report.failures.map(one)];
}

function one({
  recipient,
  final,
  duration,
  about,
  reason,
  status,
}: Failure): string {
  const whom = final === undefined ? recipient : `${recipient} (${final})`;
  return `${whom} ${duration} ${about} ${reason}${status ? ` ${status}` : ""}`;
}
