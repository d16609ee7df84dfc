/**
 * LISTSERV's own mailer, LSMTP: fields that LISTSERV reads. Data.
 */
import type { Family } from "./rule.ts";

export const lsoft: Family = {
  name: "lsoft",
  marks: [{ text: /^--> Error description:/ }, { text: /^Error-for:\s/ }],
  recipients: [/^Error-for:\s+<?([^\s<>]+@[^\s<>]+)/i],
};
