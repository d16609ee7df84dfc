/**
 * Yahoo, and mailboxes that it runs for others. Data.
 */
import type { Family } from "./rule.ts";

export const yahoo: Family = {
  name: "yahoo",
  marks: [
    {
      text: /^Sorry, we were unable to deliver your message to the following address/,
    },
    { text: /^Unable to deliver message to the following address\(es\)/ },
  ],
  recipients: [/^<([^\s<>]+@[^\s<>]+)>:/],
};
