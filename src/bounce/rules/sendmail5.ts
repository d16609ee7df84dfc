/**
 * Sendmail 5 and its children at vendors: nothing but the transcript. Data.
 */
import type { Family } from "./rule.ts";

export const sendmail5: Family = {
  name: "sendmail5",
  marks: [{ text: /^\s*-{3,} ?Unsent message follows/ }],
  recipients: [
    /^[45]\d\d <?([^\s<>]+@[^\s<>]+?)>?\.\.\. /,
    /^>>> RCPT To:<([^\s<>]+@[^\s<>]+)>/i,
  ],
  byReturned: true,
};
