/**
 * Trustwave MailMarshal: the reason stands above the recipients. Data.
 */
import type { Family } from "./rule.ts";

export const mailmarshal: Family = {
  name: "mailmarshal",
  marks: [
    { text: /^The following recipients were affected:/ },
    { text: /MailMarshal/, subject: /undeliver|delivery|returned/i },
  ],
  begins: /^The following recipients were affected:/,
  ends: /^(?:Additional Information|\+{5,}|The original message)/i,
  recipients: [/^\s*<?([^\s<>:]+@[^\s<>:]+)>?\s*$/],
  diagnosis:
    /^\s*(?:[45]\d\d[ -].*|.*(?:unknown|denied|refused|rejected|timed out|not found|full|expired).*)$/i,
};
