/**
 * qmail and what descends from it: a line `<recipient>:`, the diagnosis below, a blank line. Data.
 */
import type { Family } from "./rule.ts";

export const qmail: Family = {
  name: "qmail",
  marks: [
    { text: /^Hi\. (?:This is the|The MTA program)/ },
    { text: /^-{3} (?:Below this line is|Enclosed is) a copy of the message/ },
    {
      text: /^-{3} (?:Below the next line is a copy|Mensaje original adjunto)/,
    },
    { text: /^I'm afraid I wasn't able to deliver your message/ },
    { subject: /^failure notice$/i, from: /mailer-daemon|postmaster/i },
  ],
  recipients: [
    /^<([^\s<>]+@[^\s<>]+)>:\s*$/,
    /^<([^\s<>]+@[^\s<>]+)>:?/,
    /deliver your message to (\S+@\S+) for/,
    /violation for (\S+@\S+)/,
  ],
};
