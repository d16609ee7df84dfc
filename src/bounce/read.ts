/**
 * What a mail to the address for bounces says: who did not get which message, why, and whether that
 * will last. Fields for programs count before words; words are read by the rules in rules/. Whatever
 * bytes come, it answers, in bounded time and memory: the first four MiB are read. Pure.
 */
import { oneLine } from "../base/log.ts";
import { bytes } from "../base/pieces.ts";
import { type Header, parseHeader } from "../mail/header.ts";
import type { Message } from "../mail/message.ts";
import { notificationOf } from "./amazon.ts";
import { complaintOf } from "./arf.ts";
import { type Diagnosis, Classifier } from "./classify.ts";
import { type Group, groupsOf, RECIPIENTS } from "./dsn.ts";
import { isStatus, type Letter, letterOf } from "./letter.ts";
import { firstNotice, progressOf, vacationOf } from "./notices.ts";
import { type Part, partsOf } from "./parts.ts";
import { addressesOf, returnedHeader, returnedOf } from "./returned.ts";
import { toldBy } from "./text.ts";

/** Why a message was not delivered; "authentication" is DMARC, SPF and DKIM. */
export type Reason =
  | "no-such-user"
  | "disabled"
  | "mailbox-full"
  | "too-large"
  | "unreachable"
  | "greylisted"
  | "expired"
  | "loop"
  | "system"
  | "policy"
  | "spam"
  | "authentication"
  | "other";

export interface Failure {
  /** The address as it was mailed, where the report says so; else the final one. */
  readonly recipient: string;
  /** Where the message went in the end, where that is another address. */
  readonly final?: string;
  readonly duration: "permanent" | "temporary";
  /** Of the message: it was refused for what it is, which says nothing of the member. */
  readonly about: "recipient" | "message";
  readonly reason: Reason;
  /** RFC 3463. */
  readonly status?: string;
  /** The diagnosis in one line of at most 500 characters, "" where there is none. */
  readonly text: string;
}

/** What is known of the message that came back. */
export interface Returned {
  readonly messageId?: string;
  readonly subject?: string;
  /** Of its envelope and To, and of the report's own; canonical, at most 50. */
  readonly addresses: readonly string[];
}

export type Report =
  | {
      readonly kind: "bounce";
      /** Of which mail system; "rfc3464" and "generic" where it is not known. */
      readonly family: string;
      /** Empty: it surely is a bounce, and names nobody. */
      readonly failures: readonly Failure[];
      readonly returned: Returned;
    }
  | {
      readonly kind: "complaint";
      /** Lower case: "abuse", "opt-out", "auth-failure" … */
      readonly feedback: string;
      readonly recipients: readonly string[];
      readonly returned: Returned;
    }
  | {
      readonly kind:
        | "delay"
        | "receipt"
        | "delivered"
        | "challenge"
        | "vacation"
        | "relayed";
      readonly why: string;
    }
  | { readonly kind: "unrecognised"; readonly returned: Returned };

/** Bytes by which line ends are known, and of a message that is read again for them. */
const START = 4096;
const AGAIN = 1024 * 1024;

/** Throws only the file system's errors. */
export async function readReport(message: Message): Promise<Report> {
  const { header, parts } = await opened(message);
  const letter = letterOf(header, parts);
  const inner = returnedHeader(letter);
  return (
    complaint(letter, inner) ??
    firstNotice(letter) ??
    byFields(letter, inner) ??
    vacationOf(letter) ??
    byWords(letter, inner)
  );
}

/** Some programs write blank lines before the header, and some CR where a line ends. */
async function opened(
  message: Message,
): Promise<{ header: Header; parts: Part[] }> {
  const start = await bytes(message.pieces(), START);
  const isMac = start.includes(13) && !start.includes(10);
  if (!isMac && message.header.names().length > 0)
    return { header: message.header, parts: await partsOf(message) };
  const text = (await bytes(message.pieces(), AGAIN)).toString("latin1");
  const whole = Buffer.from(
    (isMac ? text.replaceAll("\r", "\n") : text).trimStart(),
    "latin1",
  );
  const { header, bodyStart } = parseHeader(whole);
  const body = [whole.subarray(bodyStart)];
  return { header, parts: await partsOf({ header, body }) };
}

function complaint(letter: Letter, inner: Header): Report | undefined {
  const found = complaintOf(letter, inner);
  if (found !== undefined)
    return { kind: "complaint", ...found, returned: returnedOf(letter, inner) };
  const notification = notificationOf(letter);
  if (notification === undefined) return undefined;
  const { type, feedback, isPermanent } = notification;
  if (type === "delivery")
    return { kind: "delivered", why: "a report of success" };
  const returned = returnedOf(letter, inner);
  if (type === "complaint") {
    const recipients = notification.recipients.map(({ address }) => address);
    return { kind: "complaint", feedback, recipients, returned };
  }
  const classifier = new Classifier();
  const failures = notification.recipients.map(
    ({ address, status, diagnosis }): Failure => ({
      recipient: address,
      ...classifier.classify(diagnosis, status || undefined),
      duration: isPermanent ? "permanent" : "temporary",
    }),
  );
  return { kind: "bounce", family: "amazonses", failures, returned };
}

/** Actions by which a recipient has failed; Postfix and SendGrid have words of their own. */
const FAILED = /^(?:failed|failure|undeliverable|expired|bounced?|fail)$/;
const ARRIVED = /^(?:delivered|deliverable|relayed|expanded)$/;

function outcome({ action, status }: Group): "failed" | "delayed" | "arrived" {
  if (FAILED.test(action)) return "failed";
  if (ARRIVED.test(action)) return "arrived";
  if (action.startsWith("delay")) return "delayed";
  return status?.startsWith("2") ? "arrived" : "failed";
}

/** By the fields of RFC 3464, in their part or, where the MIME is broken, in a text. */
function byFields(letter: Letter, inner: Header): Report | undefined {
  const status = letter.parts.filter(isStatus);
  let groups = status.flatMap((part) => groupsOf(part.text));
  if (groups.length === 0 && letter.isReport)
    groups = letter.parts
      .filter(({ type, text }) => type === "text/plain" && /^Final-Recipient:/im.test(text))
      .flatMap((part) => groupsOf(part.text));
  if (groups.length === 0) return undefined;
  const failed = groups.filter((group) => outcome(group) === "failed");
  if (failed.length === 0)
    return groups.some((group) => outcome(group) === "delayed")
      ? { kind: "delay", why: "it is still being tried" }
      : arrived(groups);
  const context = letter.lines.join("\n");
  const classifier = new Classifier();
  return {
    kind: "bounce",
    family: letter.family?.name ?? "rfc3464",
    failures: unique(
      failed.map(({ recipient, final, status, diagnostic }) => ({
        recipient,
        ...(final === undefined ? {} : { final }),
        ...classifier.classify(diagnostic, status, context),
      })),
    ),
    returned: returnedOf(letter, inner),
  };
}

function arrived(groups: readonly Group[]): Report {
  return groups.every(({ action }) => /^deliver/.test(action))
    ? { kind: "delivered", why: "a report of success" }
    : { kind: "relayed", why: "a report that it was passed on" };
}

function byWords(letter: Letter, inner: Header): Report {
  const returned = returnedOf(letter, inner);
  const notice = letter.isReport ? progressOf(letter) : undefined;
  if (notice !== undefined) return notice;
  const context = letter.lines.join("\n");
  const classifier = new Classifier();
  const failures = toldBy(letter, recipientOf(inner)).map(
    ({ recipient, final, text }): Failure => ({
      recipient,
      ...(final === undefined ? {} : { final }),
      ...shown(classifier.classify(text, undefined, context), letter),
    }),
  );
  if (failures.length === 0 && !letter.isReport)
    return { kind: "unrecognised", returned };
  const family = letter.family?.name ?? "generic";
  return { kind: "bounce", family, failures: unique(failures), returned };
}

/** Where nothing stands at the recipient, the report's own first words are the diagnosis. */
function shown(diagnosis: Diagnosis, letter: Letter): Diagnosis {
  if (diagnosis.text !== "") return diagnosis;
  const text = letter.lines.slice(0, 20).join(" ").replace(/\s+/g, " ");
  return { ...diagnosis, text: oneLine(text, 499) };
}

/** For whom the returned message was, if for one only; a post of a list names the list there. */
function recipientOf(inner: Header): string[] {
  if (inner.has("List-Id") || inner.has("List-Post")) return [];
  const to = addressesOf(inner.get("To") ?? "");
  return to.length === 1 ? to : [];
}

function unique(failures: readonly Failure[]): Failure[] {
  const found = new Map<string, Failure>();
  for (const failure of failures) {
    const key = failure.recipient.toLowerCase();
    if (!found.has(key) && found.size < RECIPIENTS) found.set(key, failure);
  }
  return [...found.values()];
}
