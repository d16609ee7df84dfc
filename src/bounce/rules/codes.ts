/**
 * What codes alone say: enhanced statuses (RFC 3463 and the IANA registry behind it) without their
 * class, and SMTP replies (RFC 5321 §4.2.3), where no words say more. And the words of
 * what passes. Data.
 */
import type { Reason } from "../report.ts";

/** By subject and detail, or by all three where the class makes a difference. */
export const statuses: Readonly<Record<string, Reason>> = {
  "4.2.0": "system",
  "4.2.1": "system",
  "1.0": "no-such-user",
  "1.1": "no-such-user",
  "1.2": "unreachable",
  "1.3": "no-such-user",
  "1.4": "no-such-user",
  "1.6": "no-such-user",
  "1.7": "policy",
  "1.8": "policy",
  "1.9": "unreachable",
  "1.10": "no-such-user",
  "2.0": "disabled",
  "2.1": "disabled",
  "2.2": "mailbox-full",
  "2.3": "too-large",
  "2.4": "system",
  "3.0": "system",
  "3.1": "system",
  "3.2": "system",
  "3.3": "system",
  "3.4": "too-large",
  "3.5": "system",
  "4.0": "unreachable",
  "4.1": "unreachable",
  "4.2": "unreachable",
  "4.3": "unreachable",
  "4.4": "unreachable",
  "4.5": "system",
  "4.6": "loop",
  "4.7": "expired",
  "4.8": "expired",
  "5.0": "system",
  "5.2": "system",
  "5.3": "policy",
  "6.0": "policy",
  "6.1": "policy",
  "6.2": "policy",
  "6.3": "policy",
  "7.0": "policy",
  "7.1": "policy",
  "7.2": "policy",
  "7.3": "policy",
  "7.7": "policy",
  "7.20": "authentication",
  "7.21": "authentication",
  "7.22": "authentication",
  "7.23": "authentication",
  "7.24": "authentication",
  "7.25": "policy",
  "7.26": "authentication",
  "7.27": "policy",
  "7.28": "policy",
  "7.29": "authentication",
  "7.30": "policy",
};

export const replies: Readonly<Record<string, Reason>> = {
  421: "unreachable",
  422: "mailbox-full",
  432: "system",
  441: "unreachable",
  442: "unreachable",
  450: "system",
  451: "system",
  452: "system",
  511: "no-such-user",
  521: "unreachable",
  523: "too-large",
  530: "policy",
  541: "spam",
  550: "no-such-user",
  551: "no-such-user",
  552: "mailbox-full",
  553: "no-such-user",
  554: "policy",
  556: "unreachable",
};

/**
 * Words of what passes, where no code tells. A report that has given up means it for good, whatever
 * the cause was, but for these.
 */
export const passing =
  /gr[ae]y-?list|retry time(?:out)?(?: limit)? (?:exceeded|not reached)|failing for a long time|temporar(?:y|ily)|\bdeferred\b/i;
