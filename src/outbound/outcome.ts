/**
 * What became of a recipient, judged from the relay's reply (RFC 5321 section 4.2, RFC 3463). Pure.
 */
import { oneLine } from "../base/log.ts";

const REPLY_LIMIT = 500;
/** RFC 5321 section 4.5.3.1: 64 of local part, 255 of domain, and the sign between. */
const ADDRESS_LIMIT = 320;

/**
 * A recipient's outcome: `sent`, the relay is responsible for it now; `later`, try again; `never`,
 * do not.
 */
export interface Outcome {
  readonly address: string;
  readonly kind: "sent" | "later" | "never";
  /** One line of at most 500 characters: the relay's words, or ours. */
  readonly reply: string;
  /** Trouble with the relay, not with the recipient: the conversation broke off. */
  readonly trouble?: "broken";
  /** Seconds since 1970: it was not tried, and is not before then. */
  readonly after?: number;
  /** It was a limit of ours that kept it. */
  readonly limited?: boolean;
}

/** An outcome with its reply made one line. */
export function outcome(
  address: string,
  kind: Outcome["kind"],
  reply: string,
  trouble?: Outcome["trouble"],
): Outcome {
  const told = { address, kind, reply: asReply(reply) };
  return trouble === undefined ? told : { ...told, trouble };
}

/** Text of a relay, fit for an outcome. */
export function asReply(text: string): string {
  return oneLine(text, REPLY_LIMIT - 1);
}

/**
 * What a reply to MAIL, RCPT or DATA means for a recipient. 503 and 530 speak of the session (out
 * of step, or TLS or a login wanted), so they are never held against a member.
 */
export function kindOf(reply: string): Outcome["kind"] {
  if (/^2\d\d/.test(reply)) return "sent";
  if (/^5\d\d/.test(reply) && !/^(503|530)/.test(reply)) return "never";
  return "later";
}

/**
 * Why an address must not be put into an SMTP command, or undefined when it may: nothing in it can
 * end the path or the line.
 */
export function refusal(address: string): string | undefined {
  if (address === "") return "550 5.1.3 empty address";
  if (Buffer.byteLength(address) > ADDRESS_LIMIT)
    return "550 5.1.3 address too long";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
  if (/[\u0000-\u001f\u007f-\u009f<>\u2028\u2029]/.test(address))
    return "550 5.1.3 address with a character that no address has";
  if (address !== address.trim() || !address.isWellFormed())
    return "550 5.1.3 malformed address";
  return undefined;
}

/** Whether an address needs SMTPUTF8 (RFC 6531). */
export function isInternational(address: string): boolean {
  return /[\u0080-\uffff]/.test(address);
}
