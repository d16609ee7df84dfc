/** Trustwave MailMarshal. Data. */
import type { Family } from "./rule.ts";

export const mailmarshal: Family = {
  name: "mailmarshal",
  marks: [
    { text: /^Your message:?\s*$/, field: ["X-Mailer", /MailMarshal/] },
    {
      text: /could not be delivered because of/i,
      field: ["X-Mailer", /MailMarshal/],
    },
    { text: /MailMarshal/, subject: /undeliver|delivery|returned/i },
  ],
  ends: /^\+{5,}|^The original message/i,
  recipients: [
    /^\s+<?([^\s<>:]+@[^\s<>:]+)>?\s*$/,
    /^\s*To:\s+<?([^\s<>]+@[^\s<>]+)>?$/i,
  ],
};
