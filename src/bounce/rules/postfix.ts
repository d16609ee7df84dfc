/**
 * Postfix, whatever name it was given: `<recipient>: host mx[1.2.3.4] said: 550 …`, wrapped with
 * blanks. Data.
 */
import type { Family } from "./rule.ts";

export const postfix: Family = {
  name: "postfix",
  marks: [
    { text: /^\s*This is the .{0,60}(?:program|mail system) at host / },
    { text: /^\s*I'm sorry to have to inform you that (?:the|your) message/ },
    { subject: /^Undelivered Mail Returned to Sender/, from: /mailer-daemon/i },
  ],
  recipients: [
    /^\s*<([^<>\s]+@[^<>\s]+)>(?: \(expanded from <(?<original>[^<>\s]+@[^<>\s]+)>\))?:/,
    /^\s*<([^<>\s]+@[^<>\s]+)> \(expanded from\s*$/,
  ],
};
