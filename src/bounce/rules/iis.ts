/**
 * The SMTP service of Windows, Hotmail with it: "Delivery to the following recipients failed."
 * Data.
 */
import type { Family } from "./rule.ts";

export const iis: Family = {
  name: "iis",
  marks: [
    {
      text: /^\s*Delivery to the following recipients? (?:failed|was aborted|has been)/,
    },
    {
      text: /^\s*This is an automatically generated Delivery Status Notification/,
    },
    { text: /^Your message has encountered delivery problems/ },
    { text: /^Delevery to the following recipients/ },
  ],
  recipients: [
    /^\s*\* (\S+@\S+)$/,
    /^\s+<?([^\s<>]+@[^\s<>]+)>?$/,
    /^\(Originally addressed to ([^\s()]+@[^\s()]+)\)/,
  ],
};
