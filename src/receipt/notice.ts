/**
 * What senders are told of their mail: that it was refused, or that it did not reach some
 * recipients, in the language of the list. And who is told nothing, so that robots do not talk to each
 * other.
 */
import type { List } from "../lists/directory.ts";
import { extended } from "../lists/marks.ts";
import type { Site } from "../lists/settings.ts";
import { type Said, textFor } from "../lists/texts/texts.ts";
import { mailbox } from "../mail/compose.ts";
import { deliveryReport, named } from "../mail/dsn.ts";
import type { Header } from "../mail/header.ts";
import type { Message } from "../mail/message.ts";
import { robotic } from "../mail/robot.ts";
import type { Envelope } from "../spool/envelope.ts";

/**
 * Why the sender of a refused message gets no answer, in a few words: robots and lists (RFC 3834),
 * the mill itself and our own addresses never do. Undefined: it may have one.
 */
export function whySilent(
  envelope: Envelope,
  header: Header,
  isOurs: (address: string) => boolean,
): string | undefined {
  if (envelope.sender !== "" && envelope.origin !== "mta")
    return "it did not come from outside";
  return (
    robotic(header, envelope.sender) ??
    (isOurs(envelope.sender)
      ? "the sender is an address of lists here"
      : undefined)
  );
}

/** What a notice is about. */
export interface Matter {
  readonly site: Site;
  readonly list: List | undefined;
  readonly to: string;
  readonly original: Message;
  readonly date: Date;
  /** Must be new. */
  readonly id: string;
}

/** Tells that a message was not accepted, and why. */
export function rejection(
  matter: Matter,
  recipient: string,
  reason: string,
): Buffer {
  const said = textFor(matter, "rejected", { recipient, reason });
  return notice(matter, said, [
    { address: recipient, status: "5.7.1", reply: reason },
  ]);
}

/** Tells which recipients a message did not reach, with the last reply for each. */
export function failureReport(
  matter: Matter,
  failed: readonly { readonly address: string; readonly reply: string }[],
): Buffer {
  const said = textFor(matter, "undeliverable", { recipients: named(failed) });
  return notice(
    matter,
    said,
    failed.map(({ address, reply }) => ({
      address,
      status: statusOf(reply),
      reply,
    })),
  );
}

function notice(
  matter: Matter,
  { subject, body, language }: Said,
  failed: readonly { address: string; status: string; reply: string }[],
): Buffer {
  const { site, list, to, original, date, id } = matter;
  const from = list
    ? extended(site, list, "owner")
    : `postmaster@${site.hostname}`;
  return deliveryReport({
    reportingHost: site.hostname,
    from: mailbox(from, list?.settings.description || (list?.local ?? "")),
    to: mailbox(to),
    subject,
    text: body,
    language,
    recipients: failed.map((each) => ({ ...each, action: "failed" })),
    original,
    date,
    id,
  });
}

/** The enhanced status code of a reply, RFC 3463. */
function statusOf(reply: string): string {
  return /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(reply)?.[1] ?? "5.0.0";
}
