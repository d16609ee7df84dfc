/**
 * IMail (SMTP32): `sentence: recipient`. Data.
 */
import type { Family } from "./rule.ts";

export const imail: Family = {
  name: "imail",
  marks: [
    { field: ["X-Mailer", /^<?SMTP32 v/] },
    {
      subject: /^Undeliverable Mail\s*$/,
      text: /^(?:Unknown|Invalid|User mailbox|Delivery failed|undeliverable to|Could not|Failed)/i,
    },
  ],
  ends: /^Original message follows/i,
  recipients: [
    /^(?:unknown (?:user|host)|invalid (?:final delivery )?user(?:id)?|user mailbox exceeds .{0,40}|delivery failed \d+ attempts|undeliverable to|could not .{0,40}|(?!(?:to|cc|from|save|reply-to)\b).{0,80}):? <?([^\s<>:]+@[^\s<>]+)>?\s*$/i,
  ],
};
