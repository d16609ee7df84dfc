/**
 * PMDF and its heirs at Sun, Oracle and iPlanet. Data.
 */
import type { Family } from "./rule.ts";

export const messagingserver: Family = {
  name: "messagingserver",
  marks: [
    {
      text: /^\s*This report relates to a message you sent with the following header/,
    },
    {
      subject:
        /^Delivery Notification: Delivery has (?:failed|been delayed|timed)/,
    },
  ],
  begins:
    /(?:cannot be|has not been|was not|could not be) delivered to the following|Your message .*deliver/i,
  recipients: [
    /^\s*Recipient address: <?([^\s<>]+@[^\s<>]+)/i,
    /^\s*Original address: <?(?<original>[^\s<>]+@[^\s<>]+)/i,
  ],
};
