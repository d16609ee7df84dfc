/**
 * AOL's own letters, which name members by screen name. Data.
 */
import type { Family } from "./rule.ts";

export const aol: Family = {
  name: "aol",
  marks: [
    {
      from: /@aol\.com/i,
      text: /^(?:Sorry \S+\. )?Your mail to the following recipients could not be delivered/,
    },
    { text: /^-{3,} The delivery status notification errors -+/, from: /aol/i },
  ],
  begins: /could not be delivered because|delivery status notification errors/,
  recipients: [/^\s+([\w.+-]+(?:@[\w.-]+)?)\s*$/, /^<([^\s<>]+@[^\s<>]+)>/],
  domain: "aol.com",
};
