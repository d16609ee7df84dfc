/**
 * OpenSMTPD: `recipient: diagnosis` a line. Data.
 */
import type { Family } from "./rule.ts";

export const opensmtpd: Family = {
  name: "opensmtpd",
  marks: [
    { text: /^\s*This is the MAILER-DAEMON, please DO NOT REPLY/ },
    {
      subject: /^Delivery status notification: (?:error|warning)/,
      from: /mailer.?daemon/i,
    },
  ],
  ends: /^\s*Below is a copy of the original message/,
  recipients: [/^<?([^\s<>:]+@[^\s<>:]+)>?: /],
};
