/**
 * What Amazon's mail service tells by its notification service: JSON in a mail, about a bounce, a
 * complaint or a delivery. Pure.
 */
import { addressOf } from "./addresses.ts";
import type { Letter } from "./letter.ts";

/** Characters of JSON that are parsed. */
const JSON_TEXT = 256 * 1024;
const RECIPIENTS = 50;

export interface Notification {
  readonly type: "bounce" | "complaint" | "delivery";
  readonly isPermanent: boolean;
  readonly feedback: string;
  readonly recipients: readonly {
    readonly address: string;
    readonly status: string;
    readonly diagnosis: string;
  }[];
}

/** Undefined where it is none, or cannot be read. */
export function notificationOf(letter: Letter): Notification | undefined {
  if (!/amazonaws\.com|amazonses\.com/i.test(letter.header.get("From") ?? ""))
    return undefined;
  const [part] = letter.parts;
  const text = (part?.text ?? "").slice(0, JSON_TEXT);
  const start = text.indexOf('{"');
  if (start < 0) return undefined;
  const footer = text.search(/^--\s*$/m);
  const end = text.lastIndexOf("}", footer < 0 ? text.length : footer);
  const record = parsed(text.slice(start, end + 1));
  const kind = string(
    record.notificationType ?? record.eventType,
  ).toLowerCase();
  if (kind !== "bounce" && kind !== "complaint" && kind !== "delivery")
    return undefined;
  const details = object(record[kind]);
  const list =
    details[kind === "bounce" ? "bouncedRecipients" : "complainedRecipients"];
  const recipients = (Array.isArray(list) ? list : [])
    .slice(0, RECIPIENTS)
    .flatMap((item: unknown) => {
      const fields = object(item);
      const address = addressOf(string(fields.emailAddress));
      if (address === undefined) return [];
      const status = string(fields.status);
      return [{ address, status, diagnosis: string(fields.diagnosticCode) }];
    });
  return {
    type: kind,
    isPermanent: string(details.bounceType) !== "Transient",
    feedback: string(details.complaintFeedbackType).toLowerCase() || "abuse",
    recipients,
  };
}

/** Mail systems fold long lines, also in the middle of a string. */
function parsed(json: string): Record<string, unknown> {
  try {
    return object(JSON.parse(json.replace(/\n ?/g, "")));
  } catch {
    return {};
  }
}

function object(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null
    ? (value as Record<string, unknown>)
    : {};
}

function string(value: unknown): string {
  return typeof value === "string" ? value : "";
}
