/**
 * Security relays that say little: WorldSecure, MMS, MIMEsweeper, MailFoundry, McAfee, SurfControl,
 * MX Logic, Mimecast, Barracuda. Data.
 */
import type { Family } from "./rule.ts";

export const relays: Family = {
  name: "relay",
  marks: [
    {
      text: /^The (?:MMS|WorldSecure Server|\S+) SMTP Relay is returning your message because/,
    },
    { text: /^Unable to deliver message to: </ },
    { text: /^\s*--- The following addresses had delivery problems ---/ },
    { field: ["X-Mailer", /^SurfControl E-mail Filter/] },
    { text: /^Included is a copy of the message header/ },
    {
      text: /^An email that you attempted to send to the following address could not be delivered/,
    },
    { text: /^was blocked by our Spam/ },
    { text: /^A message could not be delivered to:/ },
  ],
  ends: /^(?:Included is a copy of the message header|--- Message non-deliverable)/,
  recipients: [
    /^\s+<([^\s<>]+@[^\s<>]+)>(?: -|:)/,
    /^Unable to deliver message to: <([^\s<>]+@[^\s<>]+)>/,
    /^\s*<([^\s<>]+@[^\s<>]+)>\s+\(/,
    /^Addressed To: (\S+@\S+)$/,
    /^-- (\S+@\S+)$/,
    /^Your message to: (\S+@\S+)$/,
    /^(\S+@\S+)$/,
  ],
};
