/**
 * MailEnable. Data.
 */
import type { Family } from "./rule.ts";

export const mailenable: Family = {
  name: "mailenable",
  marks: [{ text: /^MailEnable: / }, { text: /^\s*Recipient: \[SMTP:/ }],
  ends: /^Message headers follow/,
  recipients: [/^\s*Recipient: \[SMTP:([^\s[\]]+@[^\s[\]]+)\]/i],
};
