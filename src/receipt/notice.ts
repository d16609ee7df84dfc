/**
 * What senders are told of their mail: that it was refused, or that it did not reach some
 * recipients, in the language of the list. And who is told nothing, so that robots do not talk to each
 * other.
 */
import type { List } from "../lists/directory.ts";
import { extended } from "../lists/marks.ts";
import type { Site } from "../lists/settings.ts";
import { type Said, textFor } from "../lists/texts/texts.ts";
import { keyOf, localOf } from "../mail/address.ts";
import { mailbox } from "../mail/compose.ts";
import { deliveryReport, named } from "../mail/dsn.ts";
import type { Header } from "../mail/header.ts";
import type { Message } from "../mail/message.ts";
import type { Envelope } from "../spool/envelope.ts";

const robot =
  /^(mailer-daemon|postmaster|noreply|no-reply|.*-(request|owner|bounces))$/;

/**
 * Whether the sender of a refused message may get an answer: never the null sender, another
 * robot or list (RFC 3834), or one of our own addresses.
 */
export function mayBeTold(
  envelope: Envelope,
  header: Header,
  isOurs: (address: string) => boolean,
): boolean {
  if (envelope.sender === "" || envelope.origin !== "mta") return false;
  if ((header.get("Auto-Submitted") ?? "no").trim().toLowerCase() !== "no")
    return false;
  if (/^\s*(bulk|list|junk)\b/i.test(header.get("Precedence") ?? ""))
    return false;
  if (header.has("List-Id") || header.has("List-Post")) return false;
  if (robot.test(keyOf(localOf(envelope.sender)))) return false;
  return !isOurs(envelope.sender);
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
