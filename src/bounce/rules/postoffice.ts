/**
 * Post.Office, InterMail and others of Software.com; Japanese carriers use them. Data.
 */
import type { Family } from "./rule.ts";

export const postoffice: Family = {
  name: "postoffice",
  marks: [
    { text: /^This Message was undeliverable due to the following reason/i },
    { subject: /^Mail System Error - Returned Mail/i },
  ],
  ends: /^(?:Please reply to|Your original message)/i,
  recipients: [
    /^\s*(?:SMTP )?<([^\s<>]+@[^\s<>]+)>/i,
    /^Recipient: <?([^\s<>]+@[^\s<>]+)/i,
  ],
  diagnosis:
    /^(?!\s*<|.*(?:This Message was undeliverable|The following (?:recipients|destination))).*\w{3}/i,
};
