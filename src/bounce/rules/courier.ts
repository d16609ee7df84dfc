/**
 * Courier. Data.
 */
import type { Family } from "./rule.ts";

export const courier: Family = {
  name: "courier",
  marks: [
    {
      text: /^This is a delivery status notification from .*running the Courier mail server/,
    },
    {
      text: /^The original message was received on .*$/,
      subject: /^NOTICE: mail delivery status/,
    },
    { subject: /^NOTICE: mail delivery status/ },
  ],
  begins: /UNDELIVERABLE MAIL|DELAYED MAIL/,
  recipients: [/^\s*<([^\s<>]+@[^\s<>]+)>:\s*$/],
};
