/**
 * Complaints: feedback reports by RFC 5965 and RFC 6591, what Hotmail sends in their place, and
 * those of Amazon. Pure.
 */
import { Header, parseHeader } from "../mail/header.ts";
import { addressOf } from "./addresses.ts";
import { isReturned, type Letter } from "./letter.ts";
import { addressesOf } from "./returned.ts";

const RECIPIENTS = 50;

export interface Complaint {
  /** Lower case: "abuse". */
  readonly feedback: string;
  readonly recipients: readonly string[];
}

/** @param inner the header of the message that is complained about */
export function complaintOf(
  letter: Letter,
  inner: Header,
): Complaint | undefined {
  const part = letter.parts.find(
    ({ type }) => type === "message/feedback-report",
  );
  const fields =
    part === undefined
      ? reportAsText(letter)
      : parseHeader(Buffer.from(`${part.text.trimStart()}\n\n`)).header;
  if (fields !== undefined)
    return {
      feedback: word(fields.get("Feedback-Type")) ?? "abuse",
      recipients: recipientsOf(fields, inner),
    };
  const isHotmail =
    inner.has("X-HmXmrOriginalRecipient") &&
    /^complaint about message from/i.test(
      letter.header.text("Subject").slice(0, 200),
    );
  if (!isHotmail || !letter.parts.some(isReturned)) return undefined;
  return { feedback: "abuse", recipients: recipientsOf(new Header(), inner) };
}

/** The report says for whom it was; else the returned message may. */
function recipientsOf(fields: Header, inner: Header): string[] {
  for (const [source, name] of [
    [fields, "Original-Rcpt-To"],
    [fields, "Removal-Recipient"],
    [inner, "X-HmXmrOriginalRecipient"],
    [inner, "Delivered-To"],
    [inner, "To"],
  ] as const) {
    const found = source
      .all(name)
      .slice(0, RECIPIENTS)
      .flatMap((value) => {
        const address = addressOf(value);
        if (name !== "To") return address ?? [];
        return addressesOf(value);
      });
    if (found.length > 0) return [...new Set(found)].slice(0, RECIPIENTS);
  }
  return [];
}

/** Where the report's type was lost on the way: its fields at the start of a text part. */
function reportAsText(letter: Letter): Header | undefined {
  if (!/feedback-report/i.test(letter.header.get("Content-Type") ?? ""))
    return undefined;
  for (const part of letter.parts) {
    const at = part.text.slice(0, 64 * 1024).search(/^Feedback-Type:/im);
    if (at >= 0) return parseHeader(Buffer.from(part.text.slice(at))).header;
  }
  return undefined;
}

function word(value: string | undefined): string | undefined {
  return /^\s*([A-Za-z][A-Za-z0-9-]{0,39})/
    .exec(value ?? "")?.[1]
    ?.toLowerCase();
}
